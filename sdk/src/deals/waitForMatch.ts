import type { Chain } from "../chain/chain.ts";
import { readDeal, type DealState } from "../chain/readDeal.ts";
import { setTimeout as delay } from "../delay.ts";
import { MillraceError } from "../errors/MillraceError.ts";
import type { Terms } from "../terms.ts";
import { explainWaiting } from "./explainWaiting.ts";

const pollMs = 250;
/** Most deals are matched within a few blocks; only then is the reason worth its reads. */
const explainEveryMs = 3_000;

/** What a wait for a deal needs. */
export interface WaitForDealParameters {
  deal: bigint;
  /** the deal's terms, if they are known */
  terms?: Terms | undefined;
  /** when to give up, in milliseconds; default 120,000 */
  timeoutMs?: number | undefined;
  /** hears in one sentence what is waited for, whenever that changes */
  report?: ((sentence: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Waits until a deal has enough workers.
 * @param parameters `workers`: how many are enough; default the least number of its terms
 * @throws MillraceError `deal-waiting` with the contract's reasons when time is over, `deals-ended`; what `signal` was
 * aborted with
 */
export async function waitForMatch(
  chain: Chain,
  parameters: WaitForDealParameters & { workers?: number | undefined },
): Promise<DealState> {
  const { deal, terms: known, timeoutMs = 120_000, report = () => undefined, signal } = parameters;
  const deadlineMs = Date.now() + timeoutMs;
  let explainAtMs = Date.now() + explainEveryMs;
  let terms = known;
  let last = "";
  for (;;) {
    const state = await readDeal(chain, deal, terms);
    terms = state.terms;
    if (state.workers >= (parameters.workers ?? terms.minWorkers)) return state;
    if (state.status === "ended") throw ended(deal);
    const nowMs = Date.now();
    if (nowMs >= Math.min(explainAtMs, deadlineMs)) {
      explainAtMs = nowMs + explainEveryMs;
      const sentence = (await explainWaiting(chain, deal, terms))?.sentence;
      if (nowMs >= deadlineMs) throw waiting(deal, sentence);
      if (sentence !== undefined && sentence !== last) report((last = sentence));
    }
    await delay(pollMs, signal);
  }
}

function waiting(deal: bigint, details: string | undefined): MillraceError {
  return new MillraceError({
    code: "deal-waiting",
    shortMessage: `Deal ${deal} exists and is funded, but no match was found yet.`,
    details,
    nextStep:
      `It goes on waiting: millrace deal watch ${deal}\n` +
      `Or take the money back: millrace deal stop ${deal}`,
    retryable: true,
  });
}

function ended(deal: bigint): MillraceError {
  return new MillraceError({
    code: "deals-ended",
    shortMessage: `Deal ${deal} has ended; it gets no more workers.`,
    nextStep: `Take out the rest: millrace deal withdraw ${deal}`,
  });
}
