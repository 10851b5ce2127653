import { nameAt, refusals, type RefusalName } from "../api/schemas/names.ts";
import type { Chain } from "../chain/chain.ts";
import { read } from "../chain/read.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";
import type { Terms } from "../terms.ts";

const nodesPerRead = 100;

export interface ReadEligibilityParameters {
  readonly deal: bigint;
  readonly terms: Terms;
  readonly nodes: readonly number[];
}

/**
 * What a match would say of each node now; `none`: it would be taken.
 * @throws MillraceError `rpc-unreachable`
 */
export async function readEligibility(
  chain: Chain,
  { deal, terms, nodes }: ReadEligibilityParameters,
): Promise<Map<number, RefusalName>> {
  const batches = Array.from({ length: Math.ceil(nodes.length / nodesPerRead) }, (_, index) =>
    nodes.slice(index * nodesPerRead, (index + 1) * nodesPerRead),
  );
  const answers = await Promise.all(
    batches.map(async (batch) => {
      const [numbers] = await read(chain, {
        ...{ address: chain.deployment.contracts.deals, abi: dealsAbi },
        functionName: "eligibility",
        args: [deal, terms, batch],
      });
      return numbers;
    }),
  );
  const names = answers.flat().map((number) => nameAt(refusals, number));
  return new Map(nodes.map((node, index) => [node, names[index] ?? "nodeUnknown"]));
}
