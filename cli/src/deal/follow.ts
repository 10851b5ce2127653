import { setTimeout as delay } from "node:timers/promises";
import { readDeal, readWorkers, type Chain, type DealState, type Terms } from "@millrace/sdk";
import { failure } from "../errors.ts";
import { askWorker, type ReportedWorker } from "./report.ts";
import { countRefusals, describeWaiting } from "./waiting.ts";

const pollMs = 250;
/** How long workers that are not ready are waited for once enough are. */
const graceMs = 10_000;

/** What a wait for a deal needs. */
export interface FollowParameters {
  readonly chain: Chain;
  readonly deal: bigint;
  readonly terms: Terms;
  /** Unix milliseconds at which to give up. */
  readonly deadlineMs: number;
  readonly report: (text: string) => void;
}

/**
 * Waits until a deal has its least number of workers.
 * @throws MillraceError `deal-waiting` with the contract's reasons when time is over
 */
export async function waitForMatch({
  chain,
  deal,
  terms,
  deadlineMs,
  report,
}: FollowParameters): Promise<DealState> {
  for (let polls = 1; ; polls++) {
    const state = await readDeal(chain, deal, terms);
    if (state.workers >= terms.minWorkers) return state;
    const isOver = Date.now() > deadlineMs;
    // Most deals are matched within a few blocks; only then is the reason worth its reads.
    if (isOver || polls % 16 === 0) {
      const sentence = describeWaiting(
        await countRefusals(chain, deal, terms),
        state.targetWorkers - state.workers,
      );
      if (isOver) throw waiting(deal, sentence);
      report(sentence);
    }
    await delay(pollMs);
  }
}

function waiting(deal: bigint, details: string) {
  return failure("deal-waiting", `Deal ${deal} exists and is funded, but no match was found yet.`, {
    details,
    nextStep:
      `It goes on waiting: millrace deal show ${deal}\n` +
      `Or take the money back: millrace deal stop ${deal}`,
  });
}

/**
 * Waits until the workers of a deal serve it.
 * @returns the workers, those that are ready first
 * @throws MillraceError `workers-not-ready` with what each node says, when fewer than the least number got ready
 */
export async function waitForReady({
  chain,
  deal,
  terms,
  deadlineMs,
  report,
}: FollowParameters): Promise<ReportedWorker[]> {
  let enoughSinceMs: number | undefined;
  for (;;) {
    const workers = await Promise.all(
      (await readWorkers(chain, deal)).map((worker) => askWorker(worker, deal)),
    );
    const ready = workers.filter(({ state }) => state === "ready");
    const nowMs = Date.now();
    enoughSinceMs = ready.length >= terms.minWorkers ? (enoughSinceMs ?? nowMs) : undefined;
    const isAll = workers.length > 0 && ready.length === workers.length;
    const isEnough = enoughSinceMs !== undefined && nowMs - enoughSinceMs > graceMs;
    if (isAll || isEnough) return [...ready, ...workers.filter((worker) => !ready.includes(worker))];
    const states = workers.map(describeWorker).join("; ");
    if (nowMs > deadlineMs)
      throw failure("workers-not-ready", `Deal ${deal} is matched, but its workers do not serve it yet.`, {
        details: states,
        nextStep: `millrace deal show ${deal}`,
      });
    report(states);
    await delay(pollMs);
  }
}

function describeWorker({ node, state, reason }: ReportedWorker): string {
  return `node ${node} ${state}${reason === undefined ? "" : ` (${reason})`}`;
}
