import { isAddressEqual, zeroAddress } from "viem";
import { attributeName } from "../attributes.ts";
import type { Chain } from "../chain/chain.ts";
import { readAttribute } from "../providers/readAttribute.ts";
import type { Constraint, Terms } from "../terms.ts";

/** A constraint that a node does not meet. */
export interface UnmetConstraint {
  readonly node: number;
  readonly constraint: Constraint;
  /** what its owner declares, or the attester that the constraint names attests; 0: nothing */
  readonly actual: bigint;
}

export interface ReadUnmetParameters {
  readonly terms: Pick<Terms, "constraints">;
  readonly nodes: readonly number[];
}

/** The operators in the order of their numbers on the chain. */
const holds: readonly ((actual: bigint, wanted: bigint) => boolean)[] = [
  (actual, wanted) => actual === wanted,
  (actual, wanted) => actual !== wanted,
  (actual, wanted) => actual >= wanted,
  (actual, wanted) => actual <= wanted,
];

/** Whether a value meets a constraint; a missing attribute (0) meets none. docs/protocol.md, "Deals", Terms. */
export function meetsConstraint({ operator, value }: Constraint, actual: bigint): boolean {
  return actual !== 0n && holds[operator]?.(actual, value) === true;
}

/**
 * The first constraint of a deal that each node does not meet now, of those nodes that do not meet all.
 * @throws MillraceError `rpc-unreachable`
 */
export async function readUnmet(
  chain: Chain,
  { terms, nodes }: ReadUnmetParameters,
): Promise<UnmetConstraint[]> {
  const found = await Promise.all(
    nodes.map(async (node) => {
      const values = await Promise.all(
        terms.constraints.map(async (constraint) => ({
          ...{ node, constraint },
          actual: await readAttribute(chain, {
            node,
            attribute: attributeName(constraint.attribute),
            attester: isAddressEqual(constraint.attester, zeroAddress) ? undefined : constraint.attester,
          }),
        })),
      );
      return values.filter(({ constraint, actual }) => !meetsConstraint(constraint, actual)).slice(0, 1);
    }),
  );
  return found.flat();
}
