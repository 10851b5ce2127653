/** When the scaler changes a deal's target. Loads are calls that are under way or wait at a gateway. */
export interface DemandRules {
  /** a load of so many calls for each wanted worker asks for more workers */
  readonly upCalls: number;
  /** once it has lasted this long */
  readonly upAfterMs: number;
  /** with fewer workers each would have at most so many calls; well below `upCalls`, or the target would swing */
  readonly downCalls: number;
  /** once that has lasted this long */
  readonly downAfterMs: number;
}

/** What a deal looks like when its load is looked at. */
export interface DemandSample {
  /** of any clock that only goes forward */
  readonly nowMs: number;
  /** undefined: not all gateways said; then nothing is lowered */
  readonly load: number | undefined;
  /** what was counted at those that did say */
  readonly atLeast: number;
  readonly targetWorkers: number;
}

/** How the load of one deal went; made anew after each change of its target. */
export interface Demand {
  /** How many workers the load asks for, if that is another number than the deal wants and has been for long enough. */
  look: (sample: DemandSample) => number | undefined;
}

/** A peak shorter than this is not mistaken for load, nor a gap between two calls for idleness. */
const smoothingMs = 5_000;

/** Watches one deal's load. Nothing is remembered beyond this process: after a restart it is watched as long again. */
export function createDemand({ upCalls, upAfterMs, downCalls, downAfterMs }: DemandRules): Demand {
  let smooth: { load: number; atMs: number } | undefined;
  let overSince: number | undefined;
  let idle: { since: number; peak: number } | undefined;

  return {
    look({ nowMs, load, atLeast, targetWorkers }) {
      const weight = smooth === undefined ? 1 : 1 - Math.exp((smooth.atMs - nowMs) / smoothingMs);
      const before = smooth?.load ?? 0;
      smooth = { load: before + weight * ((load ?? atLeast) - before), atMs: nowMs };

      overSince = smooth.load >= upCalls * targetWorkers ? (overSince ?? nowMs) : undefined;
      if (overSince !== undefined && nowMs - overSince >= upAfterMs)
        // One more than can bear it just so.
        return Math.floor(smooth.load / upCalls) + 1;

      // Neither a short peak nor what fades away after the load is gone.
      const peak = Math.max(idle?.peak ?? 0, Math.min(smooth.load, load ?? atLeast));
      const enough = Math.max(1, Math.ceil(peak / downCalls));
      const isIdle = load !== undefined && Math.ceil(smooth.load / downCalls) < targetWorkers;
      idle = isIdle ? { since: idle?.since ?? nowMs, peak } : undefined;
      if (idle !== undefined && nowMs - idle.since >= downAfterMs && enough < targetWorkers) return enough;
      return undefined;
    },
  };
}
