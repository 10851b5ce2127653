import { type Deployment, epochAt, epochStart } from "@millrace/sdk";

/** The chain's time: that of the newest block, running on while no block arrives. */
export interface ChainClock {
  /** Notes the timestamp of a new block, in unix seconds. */
  observe(timestampSeconds: bigint): void;
  /** The present epoch; undefined before the first block was seen. */
  epoch(): number | undefined;
  /** Milliseconds since the present epoch began, 0 before the first block was seen. */
  sinceEpochStartMs(): number;
}

/**
 * Makes a clock for a deployment's epochs.
 *
 * @param monotonicMs a clock that never goes back, in milliseconds
 */
export function createClock(deployment: Deployment, monotonicMs = () => performance.now()): ChainClock {
  let seen: { timestampMs: number; atMs: number } | undefined;
  const nowMs = () => (seen === undefined ? undefined : seen.timestampMs + (monotonicMs() - seen.atMs));
  const epoch = () => {
    const now = nowMs();
    return now === undefined ? undefined : epochAt(deployment, Math.floor(now / 1000));
  };
  return {
    observe: (timestampSeconds) => {
      seen = { timestampMs: Number(timestampSeconds) * 1000, atMs: monotonicMs() };
    },
    epoch,
    sinceEpochStartMs: () => {
      const now = nowMs();
      return now === undefined
        ? 0
        : now - epochStart(deployment, epochAt(deployment, Math.floor(now / 1000))) * 1000;
    },
  };
}
