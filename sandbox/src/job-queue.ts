import type { Job, JobResult, Program } from "./protocol.ts";
import type { CallOutcome } from "./types.ts";

const NOTHING = new Uint8Array(0);

/** Why jobs end without having run to their end. */
export interface Failure {
  outcome: CallOutcome;
  message: string;
  /** for the deal's log: what the process said before it ended */
  stderr?: string;
}

interface WaitingJob {
  program: Program;
  resolve: (result: JobResult) => void;
}

interface RunningJob extends WaitingJob {
  startedAt: number;
  timer: NodeJS.Timeout;
}

/** Jobs that wait, in order, and jobs that run; it knows nothing of the process that runs them. */
export interface JobQueue {
  add(program: Program): Promise<JobResult>;
  /** Hands out waiting jobs as long as fewer than the most run. */
  dispatch(run: (job: Job) => void): void;
  finish(result: JobResult): void;
  failRunning(failure: Failure): void;
  failWaiting(failure: Failure): void;
}

interface JobQueueParameters {
  /** The most jobs that run at the same time. */
  threads: number;
  /** After this long a running job counts as stuck, in milliseconds. */
  stuckAfterMs: number;
  onStuck: () => void;
}

/** Makes an empty queue. */
export function createJobQueue({ threads, stuckAfterMs, onStuck }: JobQueueParameters): JobQueue {
  const waiting: WaitingJob[] = [];
  const running = new Map<number, RunningJob>();
  const stuck = new Set<number>();
  let nextId = 1;

  function start(job: WaitingJob): Job {
    const id = nextId++;
    const timer = setTimeout(() => {
      stuck.add(id);
      onStuck();
    }, stuckAfterMs);
    running.set(id, { ...job, timer, startedAt: performance.now() });
    return { id, program: job.program };
  }
  function finish(result: JobResult): void {
    const job = running.get(result.id);
    if (job === undefined) return;
    running.delete(result.id);
    clearTimeout(job.timer);
    job.resolve(result);
  }

  return {
    add: (program) => new Promise((resolve) => waiting.push({ program, resolve })),
    dispatch(run) {
      while (running.size < threads) {
        const next = waiting.shift();
        if (next === undefined) return;
        run(start(next));
      }
    },
    finish,
    failRunning(failure) {
      for (const [id, { startedAt }] of [...running]) {
        const durationMs = performance.now() - startedAt;
        finish(failedJob(id, durationMs, stuck.has(id) ? stuckFailure : failure));
      }
      stuck.clear();
    },
    failWaiting(failure) {
      for (const { resolve } of waiting.splice(0)) resolve(failedJob(0, 0, failure));
    },
  };
}

const stuckFailure: Failure = {
  outcome: "timeout",
  message: "The function could not be stopped at its time limit; its process was ended.",
};

function failedJob(id: number, durationMs: number, { outcome, message, stderr = "" }: Failure): JobResult {
  const said = new TextEncoder().encode(stderr);
  const nothing = { exitCode: undefined, output: NOTHING, fuelUsed: undefined };
  return { ...nothing, id, outcome, message, durationMs, stderr: said };
}
