import { decodeRevert, MillraceError, readWorkers, type Chain } from "@millrace/sdk";
import type { Logger } from "pino";
import { LRUCache } from "lru-cache";
import type { WorkerAddress } from "./nodeLink.ts";
import { watchWorkers } from "./watchWorkers.ts";

/** The workers of deals, from the chain. */
export interface DealBook {
  /**
   * From memory while it is fresh; what is stale is read again in the background.
   * @throws MillraceError `deals-unknown`; `rpc-unreachable` if nothing is known of the deal
   */
  workers: (deal: bigint) => Promise<readonly WorkerAddress[]>;
  /** From the chain now, but not more often than twice a second; from memory while the chain is out of reach. */
  refresh: (deal: bigint) => Promise<readonly WorkerAddress[]>;
  /** Deals that are in memory. */
  size: () => number;
  close: () => void;
}

export interface DealBookParameters {
  /** rejects while the RPC end can't be reached */
  chain: () => Promise<Chain>;
  /** how often the chain is asked for changes, in milliseconds */
  pollMs: number;
  log: Logger;
}

interface Entry {
  workers: readonly WorkerAddress[];
  readAtMs: number;
  reading: Promise<readonly WorkerAddress[]> | undefined;
}

const mostDeals = 20_000;
/** Times pass without an event: a last epoch, a deal's end. */
const freshMs = 60_000;
/** A deal without workers may have some in a moment. */
const freshEmptyMs = 1_000;
const leastPauseMs = 500;
const unknownMs = 3_000;

/** Makes an empty book that follows the events about workers from now on. */
export function createDealBook({ chain, pollMs, log }: DealBookParameters): DealBook {
  const entries = new LRUCache<string, Entry>({ max: mostDeals });
  const unknown = new LRUCache<string, MillraceError>({ max: mostDeals, ttl: unknownMs });

  async function read(deal: bigint): Promise<readonly WorkerAddress[]> {
    const workers = await readWorkers(await chain(), deal);
    return workers.map(({ node, endpoint }) => ({ node, endpoint: endpoint.replace(/\/+$/, "") }));
  }

  /** Reads a deal; those who ask at the same time share one reading. */
  function readEntry(key: string, deal: bigint): Promise<readonly WorkerAddress[]> {
    const present = entries.peek(key);
    if (present?.reading !== undefined) return present.reading;
    const entry: Entry = present ?? { workers: [], readAtMs: Number.NEGATIVE_INFINITY, reading: undefined };
    entry.reading = read(deal).then(
      (workers) => {
        Object.assign(entry, { workers, readAtMs: performance.now(), reading: undefined });
        return workers;
      },
      (error: unknown) => {
        entry.reading = undefined;
        if (entry.readAtMs > 0) return entry.workers; // the chain is gone; its workers need not be
        entries.delete(key);
        const known = error instanceof MillraceError ? error : decodeRevert(error);
        if (known.code === "deals-unknown") unknown.set(key, known);
        throw known;
      },
    );
    entries.set(key, entry);
    return entry.reading;
  }

  const watch = watchWorkers({
    ...{ chain, pollMs, log, isNeeded: () => entries.size > 0 },
    onDeal(deal) {
      unknown.delete(deal.toString());
      const entry = entries.peek(deal.toString());
      if (entry !== undefined) readEntry(deal.toString(), deal).catch(() => undefined);
    },
    onNode(node) {
      for (const [key, { workers }] of entries.entries()) {
        const isConcerned = workers.some((worker) => worker.node === node);
        if (isConcerned) readEntry(key, BigInt(key)).catch(() => undefined);
      }
    },
  });

  return {
    async workers(deal) {
      const key = deal.toString();
      const entry = entries.get(key);
      if (entry === undefined || entry.readAtMs < 0) {
        const refusal = unknown.get(key);
        if (refusal !== undefined) throw refusal;
        return readEntry(key, deal);
      }
      const isEmpty = entry.workers.length === 0;
      const ageMs = performance.now() - entry.readAtMs;
      if (isEmpty && ageMs > freshEmptyMs) return readEntry(key, deal);
      if (ageMs > freshMs) readEntry(key, deal).catch(() => undefined);
      return entry.workers;
    },
    async refresh(deal) {
      const entry = entries.get(deal.toString());
      if (entry !== undefined && performance.now() - entry.readAtMs < leastPauseMs) return entry.workers;
      return readEntry(deal.toString(), deal);
    },
    size: () => entries.size,
    close: watch.stop,
  };
}
