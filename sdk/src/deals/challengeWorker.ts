import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { eventOf } from "../chain/eventOf.ts";
import { readTerms } from "../chain/readTerms.ts";
import { send } from "../chain/send.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";
import type { Terms } from "../terms.ts";

export interface ChallengeWorkerParameters {
  deal: bigint;
  /** the node that works for the deal */
  replaced: number;
  /** the cheaper node whose offer stood before the match */
  candidate: number;
  /** looked up in the logs if not given */
  terms?: Terms | undefined;
}

/**
 * Anyone has a worker replaced by a node that was cheaper all along, from the next epoch on.
 * @returns what the sender gets of the tip, unless the candidate is replaced in turn; smallest units of the payment token
 * @throws MillraceError `deals-challenge-over`, `deals-candidate-refused`, `deals-candidate-changed`, `deals-not-cheaper`,
 * `deals-worker-unknown`, `deals-worker-ended`, `deals-ended` and as {@link send}
 */
export async function challengeWorker(
  chain: Chain,
  { deal, replaced, candidate, terms }: ChallengeWorkerParameters,
): Promise<{ share: bigint; receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.deals,
    abi: dealsAbi,
    functionName: "challenge",
    args: [deal, terms ?? (await readTerms(chain, deal)), replaced, candidate],
  });
  return { share: eventOf(receipt, { abi: dealsAbi, eventName: "WorkerReplaced" }).share, receipt };
}
