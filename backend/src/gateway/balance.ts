/** How long an answer takes, as one number that follows peaks at once and forgets them slowly. */
export interface PeakAverage {
  observe: (durationMs: number, nowMs: number) => void;
  /** milliseconds; 0 before the first observation */
  estimate: (nowMs: number) => number;
}

/**
 * Makes a peak-sensitive moving average ("peak EWMA", Finagle): a slower answer counts at once, faster ones in the
 * measure in which time has passed. Unobserved it sinks to 0, so that a worker that was slow is tried again.
 */
export function createPeakAverage(decayMs = 10_000): PeakAverage {
  let cost = 0;
  let at = 0;
  const decayed = (nowMs: number): number => cost * Math.exp(-Math.max(0, nowMs - at) / decayMs);
  return {
    observe(durationMs, nowMs) {
      const weight = at === 0 ? 0 : Math.exp(-Math.max(0, nowMs - at) / decayMs);
      cost = durationMs > cost ? durationMs : cost * weight + durationMs * (1 - weight);
      at = nowMs;
    },
    estimate: decayed,
  };
}

/**
 * The cheaper of two candidates drawn at random: nearly as good as the cheapest of all, without everybody choosing the
 * same one ("the power of two choices").
 *
 * @returns undefined without candidates
 */
export function chooseOfTwo<Candidate>(
  candidates: readonly Candidate[],
  cost: (candidate: Candidate) => number,
  random: () => number = Math.random,
): Candidate | undefined {
  const first = Math.floor(random() * candidates.length);
  // Any other with the same chance.
  const second =
    (first + 1 + Math.floor(random() * (candidates.length - 1))) % Math.max(1, candidates.length);
  const [a, b] = [candidates[first], candidates[second]];
  if (a === undefined || b === undefined) return a;
  return cost(b) < cost(a) ? b : a;
}
