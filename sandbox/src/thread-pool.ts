import type { CompiledProgram, Job, JobResult, ProcessLimits } from "./protocol.ts";
import { startWorker } from "./start-worker.ts";

const MAX_FAILED_STARTS = 5;

interface ThreadPoolParameters {
  program: CompiledProgram;
  threads: number;
  limits: ProcessLimits;
  /** Called whenever a thread becomes ready for its first job. */
  onReady: () => void;
  onResult: (result: JobResult) => void;
}

/**
 * Starts threads and runs jobs on them in order. A thread that ends, for whatever reason, is replaced.
 * @returns a function that takes a job
 */
export function createThreadPool({ program, threads, limits, onReady, onResult }: ThreadPoolParameters) {
  const waiting: Job[] = [];
  const idle = new Set<(job: Job) => void>();
  let failedStarts = 0;

  function assign(): void {
    for (const run of idle) {
      const job = waiting.shift();
      if (job === undefined) return;
      idle.delete(run);
      run(job);
    }
  }
  function startThread(): void {
    let isReady = false;
    const run = startWorker({
      ...{ program, limits, onResult },
      onIdle: () => {
        if (!isReady) onReady();
        isReady = true;
        failedStarts = 0;
        idle.add(run);
        assign();
      },
      onExit: () => {
        idle.delete(run);
        failedStarts += isReady ? 0 : 1;
        if (failedStarts > MAX_FAILED_STARTS)
          throw new Error("The threads of the sandbox cannot be started.");
        startThread();
      },
    });
  }

  for (let started = 0; started < threads; started += 1) startThread();
  return (job: Job): void => {
    waiting.push(job);
    assign();
  };
}
