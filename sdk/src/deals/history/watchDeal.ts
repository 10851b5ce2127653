import type { Chain } from "../../chain/chain.ts";
import { findPaymentToken } from "../../chain/deployment.ts";
import { readDeal, type DealState } from "../../chain/readDeal.ts";
import { setTimeout as delay } from "../../delay.ts";
import { MillraceError } from "../../errors/MillraceError.ts";
import { explainWaiting } from "../explainWaiting.ts";
import { readServingWorkers } from "../readServingWorkers.ts";
import { readDealEvents } from "./readDealEvents.ts";
import { newestBlock } from "./readDealHistory.ts";

/** Something to tell of a deal that is watched. */
export interface DealNews {
  /**
   * event: the chain recorded it; status: matching, active, …; waiting: what it waits for; worker: what a node says;
   * connection: the chain went away or came back
   */
  readonly kind: "event" | "status" | "waiting" | "worker" | "connection";
  readonly sentence: string;
  /** unix milliseconds when it was noticed */
  readonly atMs: number;
  /** true: it happens all the time and tells little */
  readonly routine: boolean;
  /** the event's name in the contract, the deal's status, the worker's state */
  readonly name: string;
  readonly node?: number;
  readonly txHash?: string;
}

export interface WatchDealParameters {
  deal: bigint;
  /** how often the chain and the nodes are asked, in milliseconds; default 1,000 */
  intervalMs?: number | undefined;
  /** ends the watch */
  signal?: AbortSignal | undefined;
}

/** Blocks that are read again, so that what a reorg brings is not missed. */
const overlapBlocks = 12n;

/**
 * Tells what happens to a deal from now on, beginning with how it stands, until it has ended or `signal` aborts. It goes
 * on when the chain can't be reached for a while.
 * @throws MillraceError `deals-unknown`; what `signal` was aborted with
 */
export async function* watchDeal(
  chain: Chain,
  { deal, intervalMs = 1_000, signal }: WatchDealParameters,
): AsyncGenerator<DealNews, void, undefined> {
  const watch = await startWatch(chain, deal);
  let isLost = false;
  for (;;) {
    let news: DealNews[];
    try {
      news = await watch.look();
      if (isLost) yield tell("connection", "The chain answers again.", "restored");
      isLost = false;
    } catch (error) {
      if (!(error instanceof MillraceError && error.code === "rpc-unreachable")) throw error;
      news = isLost ? [] : [tell("connection", `${error.shortMessage} It is tried again.`, "lost")];
      isLost = true;
    }
    yield* news;
    if (watch.hasEnded()) return;
    await delay(intervalMs, signal);
  }
}

async function startWatch(chain: Chain, deal: bigint) {
  const { terms } = await readDeal(chain, deal);
  const context = {
    token: findPaymentToken(chain.deployment, terms.paymentToken),
    terms,
    decidedThrough: undefined,
  };
  const seen = new Set<string>();
  const said = new Map<string, string>();
  let from = (await newestBlock(chain)) + 1n;
  const first = from;
  let hasEnded = false;

  /** Only what changed since it was last said. */
  function changed(key: string, news: DealNews): DealNews[] {
    if (said.get(key) === news.sentence) return [];
    said.set(key, news.sentence);
    return [news];
  }

  async function events(): Promise<DealNews[]> {
    const toBlock = await newestBlock(chain);
    const fromBlock = from - overlapBlocks > first ? from - overlapBlocks : first;
    if (toBlock < fromBlock) return [];
    const found = await readDealEvents(chain, { deal, fromBlock, toBlock, context });
    from = toBlock + 1n;
    return found.flatMap(({ id, name, sentence, routine, node, txHash }) => {
      if (seen.has(id)) return [];
      seen.add(id);
      return [{ ...tell("event", sentence, name), routine, txHash, ...(node === undefined ? {} : { node }) }];
    });
  }

  async function workers(): Promise<DealNews[]> {
    return (await readServingWorkers(chain, deal)).flatMap(({ node, state, reason }) => {
      const sentence = `Node ${node} is ${state}${reason === undefined ? "." : `: ${reason}`}`;
      return changed(`node ${node}`, { ...tell("worker", sentence, state), node });
    });
  }

  return {
    hasEnded: () => hasEnded,
    async look(): Promise<DealNews[]> {
      const happened = await events();
      const state = await readDeal(chain, deal, terms);
      hasEnded = state.status === "ended";
      const status = changed("status", tell("status", describeStatus(state), state.status));
      const waiting = await explainWaiting(chain, deal, terms);
      if (waiting === undefined) said.delete("waiting");
      const waits =
        waiting === undefined ? [] : changed("waiting", tell("waiting", waiting.sentence, "waiting"));
      return [...happened, ...status, ...waits, ...(hasEnded ? [] : await workers())];
    },
  };
}

function describeStatus({ status, workers, targetWorkers, insolventSince, endEpoch }: DealState): string {
  const has = `${workers} of ${targetWorkers} workers`;
  if (status === "ended")
    return `The deal has ended${endEpoch === undefined ? "." : ` with epoch ${endEpoch}.`}`;
  if (status === "insolvent")
    return `The deal is insolvent since epoch ${insolventSince}: its workers pause until it is funded.`;
  return `The deal is ${status}: it has ${has}${endEpoch === undefined ? "." : `, and ends with epoch ${endEpoch}.`}`;
}

function tell(kind: DealNews["kind"], sentence: string, name: string): DealNews {
  return { kind, sentence, name, atMs: Date.now(), routine: false };
}
