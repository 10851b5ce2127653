import { queueFull, queueSlow } from "./errors.ts";

/** Keeps one deal's calls from taking what all others need. */
export interface DealLimiter {
  /**
   * Waits for its turn.
   * @returns gives the place back; to be called once
   * @throws MillraceError `deal-queue-full`, `deal-queue-slow`; what the signal was aborted with
   */
  enter: (deal: bigint, signal: AbortSignal) => Promise<() => void>;
  running: () => number;
  waiting: () => number;
  /** Calls that are under way or wait, by deal; those without are left out. */
  loads: () => ReadonlyMap<number, number>;
}

export interface DealLimits {
  /** calls of one deal at a time */
  concurrency: number;
  /** calls of one deal that may wait beyond those */
  queue: number;
  /** how long one waits, in milliseconds */
  patienceMs: number;
}

interface Place {
  running: number;
  waiting: Set<() => void>;
}

/** Makes the limiter of all deals; a deal without calls takes no memory. */
export function createDealLimiter({ concurrency, queue, patienceMs }: DealLimits): DealLimiter {
  const places = new Map<bigint, Place>();

  function leave(deal: bigint, place: Place): void {
    const [next] = place.waiting;
    if (next !== undefined) {
      place.waiting.delete(next);
      next(); // takes over the place
      return;
    }
    place.running -= 1;
    if (place.running === 0) places.delete(deal);
  }

  async function wait(deal: bigint, place: Place, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const turn = (): void => resolve(undefined);
    const giveUp = (reason: Error): void => {
      // Without effect if its turn came first.
      if (place.waiting.delete(turn)) reject(reason);
    };
    const onAbort = (): void => giveUp(signal.reason as Error);
    const timer = setTimeout(() => giveUp(queueSlow(deal)), patienceMs);
    signal.addEventListener("abort", onAbort, { once: true });
    place.waiting.add(turn);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    }
  }

  return {
    async enter(deal, signal) {
      signal.throwIfAborted();
      const place = places.get(deal) ?? { running: 0, waiting: new Set() };
      places.set(deal, place);
      if (place.running < concurrency) place.running += 1;
      else if (place.waiting.size >= queue) throw queueFull(deal);
      else await wait(deal, place, signal);
      return () => leave(deal, place);
    },
    running: () => [...places.values()].reduce((sum, { running }) => sum + running, 0),
    waiting: () => [...places.values()].reduce((sum, { waiting }) => sum + waiting.size, 0),
    loads: () =>
      new Map(
        [...places]
          .filter(([deal]) => deal <= Number.MAX_SAFE_INTEGER) // whoever calls may make up any number
          .map(([deal, { running, waiting }]) => [Number(deal), running + waiting.size]),
      ),
  };
}
