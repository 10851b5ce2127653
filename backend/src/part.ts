import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";

/** How a part is doing; `reason` is for the person who reads it. */
export interface PartState {
  readonly ok: boolean;
  readonly reason?: string;
  /** Whether this process does the role's work, or stands by for the one that does; left out where all may. */
  readonly leader?: boolean;
}

/** A part that repeats one step until it is stopped. */
export interface Part {
  state: () => PartState;
  /** Ends after the step that is under way. */
  stop: () => Promise<void>;
}

interface PartParameters {
  /** What is done over and over; cheap when there is nothing to do. */
  readonly step: () => Promise<void>;
  /** What keeps its work from getting anywhere although the steps succeed. */
  readonly trouble: () => string | undefined;
  /** False: another process does this work; the part stands by. */
  readonly leads: () => boolean;
  readonly intervalMs: number;
  readonly log: Logger;
}

const maxPauseMs = 15_000;

/** Starts the part. A failing step is tried again ever more slowly; the log says once that it fails and once that it is over. */
export function startPart({ step, trouble, leads, intervalMs, log }: PartParameters): Part {
  const abort = new AbortController();
  let failure: string | undefined;
  let failures = 0;

  async function once(): Promise<void> {
    try {
      if (leads()) await step();
      if (failure !== undefined) log.info("works again");
      failure = undefined;
      failures = 0;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (failure !== reason) log.warn({ err: error }, "fails, trying again");
      failure = reason;
      failures += 1;
    }
  }

  async function run(): Promise<void> {
    while (!abort.signal.aborted) {
      await once();
      const pauseMs = Math.min(intervalMs * 2 ** Math.min(failures, 16), Math.max(intervalMs, maxPauseMs));
      await delay(pauseMs, undefined, { signal: abort.signal }).catch(() => undefined);
    }
  }

  const running = run();
  return {
    state: () => {
      const leader = leads();
      const reason = leader ? (failure ?? trouble()) : undefined;
      return reason === undefined ? { ok: true, leader } : { ok: false, reason, leader };
    },
    stop: () => {
      abort.abort();
      return running;
    },
  };
}
