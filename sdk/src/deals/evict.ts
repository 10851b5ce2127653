import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/connect.ts";
import { readTerms } from "../chain/readTerms.ts";
import { send } from "../chain/send.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";
import type { Terms } from "../terms.ts";

export interface EvictParameters {
  deal: bigint;
  node: number;
  /** looked up in the logs if not given */
  terms?: Terms | undefined;
}

/**
 * Anyone evicts a worker whose node missed maxMissedEpochs counted epochs in a row; its lock is slashed.
 * @throws MillraceError `deals-not-evictable` and as {@link send}
 */
export async function evict(
  chain: Chain,
  { deal, node, terms }: EvictParameters,
): Promise<{ receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.deals,
    abi: dealsAbi,
    functionName: "evict",
    args: [deal, terms ?? (await readTerms(chain, deal)), node],
  });
  return { receipt };
}
