import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { eventOf } from "../chain/eventOf.ts";
import { send } from "../chain/send.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";

export interface SettleWorkerParameters {
  deal: bigint;
  node: number;
  /** last epoch to settle; default the last completed one */
  upToEpoch?: number | undefined;
}

const uint32Max = 2 ** 32 - 1;

/**
 * Anyone credits what a worker earned to its payout address, and what it missed to the deal's owner.
 * @returns pay and refund, in smallest units of the payment token
 * @throws MillraceError `deals-worker-unknown` and as {@link send}
 */
export async function settleWorker(
  chain: Chain,
  { deal, node, upToEpoch = uint32Max }: SettleWorkerParameters,
): Promise<{ pay: bigint; refund: bigint; receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.deals,
    abi: dealsAbi,
    functionName: "settleWorker",
    args: [deal, node, upToEpoch],
  });
  const { pay, refund } = eventOf(receipt, { abi: dealsAbi, eventName: "WorkerPaid" });
  return { pay, refund, receipt };
}
