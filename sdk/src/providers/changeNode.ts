import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { send } from "../chain/send.ts";
import { registryAbi } from "../generated/registryAbi.ts";
import type { Attributes } from "../attributes.ts";

export interface ChangeNodeParameters {
  node: number;
  units: number;
  attributes: Attributes;
}

/**
 * Changes a node's units and attributes; only while no unit is in use.
 * @throws MillraceError `registry-node-in-use`, `registry-unauthorized` and as {@link send}
 */
export async function changeNode(
  chain: Chain,
  { node, units, attributes }: ChangeNodeParameters,
): Promise<{ receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.registry,
    abi: registryAbi,
    functionName: "changeNode",
    args: [node, units, attributes],
  });
  return { receipt };
}
