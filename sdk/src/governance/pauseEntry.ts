import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { eventOf } from "../chain/eventOf.ts";
import { send } from "../chain/send.ts";
import { parametersAbi } from "../generated/parametersAbi.ts";

export interface PauseEntryParameters {
  /** at most 14 days */
  seconds: number;
}

/**
 * The guardian closes the entry: no new provider, node, offer, deal or match. It can do so once per appointment.
 * @returns when entry opens again, unix seconds
 * @throws MillraceError `parameter-guardian-unauthorized`, `parameter-guardian-term-over`, `parameter-pause-used`,
 * `parameter-out-of-bounds` and as {@link send}
 */
export async function pauseEntry(
  chain: Chain,
  { seconds }: PauseEntryParameters,
): Promise<{ until: number; receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.parameters,
    abi: parametersAbi,
    functionName: "pauseEntry",
    args: [seconds],
  });
  return { until: eventOf(receipt, { abi: parametersAbi, eventName: "EntryPaused" }).until, receipt };
}
