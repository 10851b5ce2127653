/** When to ask a second worker, learnt per deal from how long its answers take. */
export interface Hedging {
  /** Remembers an answer's time in milliseconds and that one more call was made. */
  observe: (durationMs: number) => void;
  /** Milliseconds after which most answers are there (the 95th percentile). */
  delayMs: () => number;
  /** Takes one hedge out of the budget; false if too many calls were sent twice lately. */
  take: () => boolean;
}

const remembered = 128;
const enough = 20;
const unknownDelayMs = 500;
const leastDelayMs = 5;
const quantile = 0.95;
/** Hedges per call in the long run, and at most so many at once: a slow deal must not get twice its load. */
const share = 0.1;
const burst = 10;

/** Makes the memory of one deal. */
export function createHedging(): Hedging {
  const durations: number[] = [];
  let next = 0;
  let delayMs = unknownDelayMs;
  let tokens = burst;
  return {
    observe(durationMs) {
      durations[next % remembered] = durationMs;
      next += 1;
      tokens = Math.min(burst, tokens + share);
      // Sorting at each call would cost more than the answer is worth.
      if (next < enough || next % 16 !== 0) return;
      const sorted = [...durations].sort((a, b) => a - b);
      delayMs = Math.max(leastDelayMs, sorted[Math.floor(sorted.length * quantile)] ?? unknownDelayMs);
    },
    delayMs: () => delayMs,
    take() {
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
