import type { Address, TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { eventOf } from "../chain/eventOf.ts";
import { requireAccount } from "../chain/requireAccount.ts";
import { send } from "../chain/send.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";

export interface ClaimParameters {
  deal: bigint;
  node: number;
  /** last epoch to claim for; default the last completed one */
  upToEpoch?: number | undefined;
  /** default the sender */
  recipient?: Address | undefined;
}

const uint32Max = 2 ** 32 - 1;

/**
 * The payout address takes what a worker earned.
 * @returns the pay, in smallest units of the payment token
 * @throws MillraceError `deals-unauthorized`, `deals-worker-unknown` and as {@link send}
 */
export async function claim(
  chain: Chain,
  { deal, node, upToEpoch = uint32Max, recipient }: ClaimParameters,
): Promise<{ pay: bigint; receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.deals,
    abi: dealsAbi,
    functionName: "claim",
    args: [deal, node, upToEpoch, recipient ?? requireAccount(chain).address],
  });
  return { pay: eventOf(receipt, { abi: dealsAbi, eventName: "WorkerPaid" }).pay, receipt };
}
