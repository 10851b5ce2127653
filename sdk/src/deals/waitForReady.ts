import type { Chain } from "../chain/chain.ts";
import { readTerms } from "../chain/readTerms.ts";
import { setTimeout as delay } from "../delay.ts";
import { MillraceError } from "../errors/MillraceError.ts";
import { readServingWorkers, type ServingWorker } from "./readServingWorkers.ts";
import type { WaitForDealParameters } from "./waitForMatch.ts";

const pollMs = 250;
/** How long workers that are not ready are waited for once enough are. */
const graceMs = 10_000;

/**
 * Waits until the workers of a deal serve it.
 * @returns the workers, those that are ready first
 * @throws MillraceError `workers-not-ready` with what each node says, when fewer than the least number got ready; what
 * `signal` was aborted with
 */
export async function waitForReady(
  chain: Chain,
  parameters: WaitForDealParameters,
): Promise<ServingWorker[]> {
  const { deal, timeoutMs = 120_000, report = () => undefined, signal } = parameters;
  const { minWorkers } = parameters.terms ?? (await readTerms(chain, deal));
  const deadlineMs = Date.now() + timeoutMs;
  let enoughSinceMs: number | undefined;
  let last = "";
  for (;;) {
    const workers = await readServingWorkers(chain, deal);
    const ready = workers.filter(({ state }) => state === "ready").length;
    const nowMs = Date.now();
    enoughSinceMs = ready >= minWorkers ? (enoughSinceMs ?? nowMs) : undefined;
    const isAll = workers.length > 0 && ready === workers.length;
    const isEnough = enoughSinceMs !== undefined && nowMs - enoughSinceMs > graceMs;
    if (isAll || isEnough) return workers;
    const states = workers.map(describeWorker).join("; ");
    if (nowMs > deadlineMs) throw notReady(deal, states);
    if (states !== last) report((last = states));
    await delay(pollMs, signal);
  }
}

function describeWorker({ node, state, reason }: ServingWorker): string {
  return `node ${node} ${state}${reason === undefined ? "" : ` (${reason})`}`;
}

function notReady(deal: bigint, details: string): MillraceError {
  return new MillraceError({
    code: "workers-not-ready",
    shortMessage: `Deal ${deal} is matched, but its workers do not serve it yet.`,
    details,
    nextStep: `millrace deal show ${deal}`,
    retryable: true,
  });
}
