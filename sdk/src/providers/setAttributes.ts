import type { TransactionReceipt } from "viem";
import { attributeId } from "../attributes.ts";
import type { Chain } from "../chain/chain.ts";
import { send } from "../chain/send.ts";
import { registryAbi } from "../generated/registryAbi.ts";

export interface SetAttributesParameters {
  node: number;
  /** by name; a value of 0 removes the attribute */
  attributes: Readonly<Record<string, bigint>>;
}

/**
 * The owner sets a node's attributes beyond the packed ones, at most 8 in all; only while no unit is in use.
 * @throws MillraceError `attribute-invalid`, `registry-too-many-attributes`, `registry-attribute-invalid` (a packed one:
 * see changeNode), `registry-node-in-use`, `registry-unauthorized` and as {@link send}
 */
export async function setAttributes(
  chain: Chain,
  { node, attributes }: SetAttributesParameters,
): Promise<{ receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.registry,
    abi: registryAbi,
    functionName: "setAttributes",
    args: [node, Object.keys(attributes).map(attributeId), Object.values(attributes)],
  });
  return { receipt };
}
