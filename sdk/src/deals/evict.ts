import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { send } from "../chain/send.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";

export interface EvictParameters {
  deal: bigint;
  node: number;
}

/**
 * Anyone evicts a worker whose node missed maxMissedEpochs counted epochs in a row; its lock is slashed.
 * @throws MillraceError `deals-not-evictable` and as {@link send}
 */
export async function evict(
  chain: Chain,
  { deal, node }: EvictParameters,
): Promise<{ receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.deals,
    abi: dealsAbi,
    functionName: "evict",
    args: [deal, node],
  });
  return { receipt };
}
