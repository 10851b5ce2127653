import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { send } from "../chain/send.ts";
import { registryAbi } from "../generated/registryAbi.ts";

export interface RetireNodeParameters {
  node: number;
}

/**
 * Retires a node for good; only while no unit is in use.
 * @throws MillraceError `registry-node-in-use`, `registry-unauthorized` and as {@link send}
 */
export async function retireNode(
  chain: Chain,
  { node }: RetireNodeParameters,
): Promise<{ receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.registry,
    abi: registryAbi,
    functionName: "retireNode",
    args: [node],
  });
  return { receipt };
}
