import type { CompiledProgram, FunctionSettings, Job, JobResult } from "./protocol.ts";
import { startWorker } from "./start-worker.ts";
import type { FunctionThread } from "./start-worker.ts";

const MAX_FAILED_STARTS = 5;

interface ThreadPoolParameters {
  program: CompiledProgram;
  /** Runs the module once on the first thread before that is ready. */
  warm: boolean;
  /** Called when the first thread is ready. */
  onReady: () => void;
  onResult: (result: JobResult) => void;
}

/** Threads that run jobs in order. A thread that ends, for whatever reason, is replaced. */
export interface ThreadPool {
  /** Says which function it is, and starts as many threads as that needs; to be called once. */
  open(settings: FunctionSettings): void;
  /** Takes a job, which waits for a thread of the opened function. */
  submit(job: Job): void;
}

/** Starts the first thread. */
export function createThreadPool({ program, warm, onReady, onResult }: ThreadPoolParameters): ThreadPool {
  const waiting: Job[] = [];
  const all = new Set<FunctionThread>();
  const idle = new Set<FunctionThread>();
  let settings: FunctionSettings | undefined;
  let failedStarts = 0;

  function assign(): void {
    if (settings === undefined) return;
    for (const thread of idle) {
      const job = waiting.shift();
      if (job === undefined) return;
      idle.delete(thread);
      thread.run(job);
    }
  }
  function startThread(warmed: boolean): void {
    let isReady = false;
    const thread = startWorker({
      ...{ program, onResult, warm: warmed },
      onIdle: () => {
        if (!isReady) onReady();
        isReady = true;
        failedStarts = 0;
        idle.add(thread);
        assign();
      },
      onExit: () => {
        idle.delete(thread);
        all.delete(thread);
        failedStarts += isReady ? 0 : 1;
        if (failedStarts > MAX_FAILED_STARTS)
          throw new Error("The threads of the sandbox cannot be started.");
        startThread(false);
      },
    });
    all.add(thread);
    if (settings !== undefined) thread.open(settings);
  }

  startThread(warm);
  return {
    open(given) {
      settings = given;
      for (const thread of all) thread.open(given);
      for (let missing = given.threads - all.size; missing > 0; missing -= 1) startThread(false);
      assign();
    },
    submit(job) {
      waiting.push(job);
      assign();
    },
  };
}
