import type { Chain } from "../chain/chain.ts";
import { readNodeStatus, type NodeStatus } from "../api/readNodeStatus.ts";
import { readWorkers, type ActiveWorker } from "../chain/readWorkers.ts";
import { setTimeout as delay } from "../delay.ts";
import { MillraceError } from "../errors/MillraceError.ts";

const pollMs = 250;

/** What a worker's node says of one version of a deal's module. */
export interface VersionOnWorker {
  node: number;
  provider: number;
  /** fetching, warming, ready, failed; "unknown yet" before the node saw it, "unreachable" if it does not answer */
  state: string;
  reason: string | undefined;
}

export interface WaitForModuleParameters {
  deal: bigint;
  version: number;
  /** when to give up, in milliseconds; default 120,000 */
  timeoutMs?: number | undefined;
  /** hears in one sentence what is waited for, whenever that changes */
  report?: ((sentence: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Waits until every worker of a deal has a version of its module ready, also if the version counts only later.
 * @throws MillraceError `module-not-ready` with what each node says when time is over; what `signal` was aborted with
 */
export async function waitForModule(
  chain: Chain,
  { deal, version, timeoutMs = 120_000, report = () => undefined, signal }: WaitForModuleParameters,
): Promise<VersionOnWorker[]> {
  const deadlineMs = Date.now() + timeoutMs;
  let last = "";
  for (;;) {
    const workers = await Promise.all(
      (await readWorkers(chain, deal)).map((worker) => askFor(worker, deal, version)),
    );
    const isSettled = workers.every(({ state }) => state === "ready" || state === "failed");
    const states = workers.map(describe).join("; ");
    if (workers.every(({ state }) => state === "ready")) return workers;
    if (isSettled || Date.now() > deadlineMs) throw notReady(deal, version, states);
    if (states !== last) report((last = states));
    await delay(pollMs, signal);
  }
}

async function askFor(worker: ActiveWorker, deal: bigint, version: number): Promise<VersionOnWorker> {
  const { node, provider, endpoint } = worker;
  try {
    const { state, reason } = findVersion(await readNodeStatus(endpoint), deal, version);
    return { node, provider, state, reason };
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    return { node, provider, state: "unreachable", reason: error.details ?? error.shortMessage };
  }
}

function findVersion(
  { deals }: NodeStatus,
  deal: bigint,
  version: number,
): { state: string; reason: string | undefined } {
  const modules = deals.find((each) => each.deal === deal.toString())?.modules;
  const found = [modules?.present, modules?.next].find((each) => each?.version === version);
  return { state: found?.state ?? "unknown yet", reason: found?.reason };
}

function describe({ node, state, reason }: VersionOnWorker): string {
  return `node ${node} ${state}${reason === undefined ? "" : ` (${reason})`}`;
}

function notReady(deal: bigint, version: number, details: string): MillraceError {
  return new MillraceError({
    code: "module-not-ready",
    shortMessage: `Version ${version} of deal ${deal} is set, but not every worker can run it yet; the version before serves on there.`,
    details,
    nextStep: `See how it goes on: millrace deal watch ${deal}\nOr go back: millrace function rollback ${deal}`,
    retryable: true,
  });
}
