import type { Address } from "viem";
import { attributeId } from "../attributes.ts";
import type { Chain } from "../chain/chain.ts";
import { read } from "../chain/read.ts";
import { registryAbi } from "../generated/registryAbi.ts";

export interface ReadAttributeParameters {
  node: number;
  /** a packed attribute such as "cores", or any other name */
  attribute: string;
  /** whose word counts; undefined: the owner's */
  attester?: Address | undefined;
}

/**
 * What the node's owner declares of an attribute, or what an attester says of it now; 0 if that is nothing.
 * @throws MillraceError `attribute-invalid`, `rpc-unreachable`
 */
export function readAttribute(
  chain: Chain,
  { node, attribute, attester }: ReadAttributeParameters,
): Promise<bigint> {
  const registry = { address: chain.deployment.contracts.registry, abi: registryAbi } as const;
  const id = attributeId(attribute);
  return attester === undefined
    ? read(chain, { ...registry, functionName: "attributeOf", args: [node, id] })
    : read(chain, { ...registry, functionName: "attestedValue", args: [node, id, attester] });
}
