import type { Child } from "./child.ts";
import { createJobQueue } from "./job-queue.ts";
import type { Failure } from "./job-queue.ts";
import type { FunctionSettings, JobResult, Program } from "./protocol.ts";

// The process ends a program at its time limit; when that fails for this long, the process itself is ended.
const BACKSTOP_MS = 10_000;
const MAX_FAILED_STARTS = 3;
const RESTART_DELAY_MS = 100;

interface SupervisorParameters {
  /** Gives a process that has loaded the module, or does so. */
  startProcess: () => Child;
  settings: FunctionSettings;
}

/** How the first start of a process ended. */
export type StartOutcome = { type: "ready" } | { type: "failed"; message: string };

/** Keeps one process alive and jobs flowing: what waits survives a crash, what runs fails with it. */
export interface Supervisor {
  /** Settles once the first process is ready or cannot be. */
  readonly started: Promise<StartOutcome>;
  run(program: Program): Promise<JobResult>;
  close(): Promise<void>;
}

/** Starts a process for a function and supervises it until it is closed. */
export function createSupervisor({ startProcess, settings }: SupervisorParameters): Supervisor {
  const started = Promise.withResolvers<StartOutcome>();
  const ended = Promise.withResolvers<undefined>();
  let child: Child | undefined;
  let isReady = false;
  let isClosed = false;
  let failedStarts = 0;
  const { threads, limits } = settings;
  const stuckAfterMs = limits.timeoutMs + BACKSTOP_MS;
  const jobs = createJobQueue({ threads, stuckAfterMs, onStuck: () => child?.kill() });

  function dispatch(): void {
    const target = child;
    if (target !== undefined && isReady) jobs.dispatch((job) => target.run(job));
  }
  function start(): void {
    if (isClosed || child !== undefined) return;
    child = startProcess();
    child.open(settings, {
      onExit,
      onReady: () => {
        isReady = true;
        failedStarts = 0;
        started.resolve({ type: "ready" });
        dispatch();
      },
      onResult: (result) => {
        jobs.finish(result);
        dispatch();
      },
    });
  }
  function onExit(reason: Failure): void {
    failedStarts += isReady ? 0 : 1;
    child = undefined;
    isReady = false;
    jobs.failRunning(reason);
    if (isClosed) ended.resolve(undefined);
    else if (failedStarts < MAX_FAILED_STARTS) setTimeout(start, RESTART_DELAY_MS * failedStarts);
    else {
      started.resolve({ type: "failed", message: reason.message });
      jobs.failWaiting(reason);
    }
  }

  start();
  return {
    started: started.promise,
    run(program) {
      const result = jobs.add(program);
      // After too many failed starts nothing restarts the process by itself: the next call tries again.
      if (child === undefined && failedStarts >= MAX_FAILED_STARTS) {
        failedStarts = 0;
        start();
      }
      dispatch();
      return result;
    },
    async close() {
      if (!isClosed) {
        isClosed = true;
        jobs.failWaiting({ outcome: "crash", message: "The sandbox was closed before the call started." });
        if (child === undefined) ended.resolve(undefined);
        else child.kill();
      }
      await ended.promise;
    },
  };
}
