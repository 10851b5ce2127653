import { Worker } from "node:worker_threads";
import type { Job, JobResult, ProcessLimits, RunResult, ThreadData, ThreadMessage } from "./protocol.ts";
import { allocateStderr, openStderr } from "./stderr-buffer.ts";

const MAX_FAILED_STARTS = 5;
const MIB = 2 ** 20;

interface ThreadPoolParameters {
  module: WebAssembly.Module;
  threads: number;
  limits: ProcessLimits;
  onReady: () => void;
  onResult: (result: JobResult) => void;
}

interface RunningJob {
  job: Job;
  startedAt: number;
  timer: NodeJS.Timeout;
}

/** Runs jobs on threads; a thread that passes the time limit is ended and replaced. */
export function createThreadPool({ module, threads, limits, onReady, onResult }: ThreadPoolParameters) {
  const waiting: Job[] = [];
  const idle: ((job: Job) => void)[] = [];
  let failedStarts = 0;

  function assign(): void {
    while (idle.length > 0 && waiting.length > 0) {
      const [run, job] = [idle.shift(), waiting.shift()];
      if (run !== undefined && job !== undefined) run(job);
    }
  }

  function startThread(): void {
    const shared = allocateStderr();
    const stderr = openStderr(shared);
    const workerData: ThreadData = { module, limits, stderr: shared };
    const worker = new Worker(new URL("./thread.ts", import.meta.url), {
      ...{ workerData, env: {}, resourceLimits: heapLimits(limits), stdin: false },
    });
    let running: RunningJob | undefined;
    let isReady = false;

    function finish(result: RunResult): void {
      if (running === undefined) return;
      const { job, startedAt, timer } = running;
      clearTimeout(timer);
      running = undefined;
      onResult({ ...result, id: job.id, stderr: stderr.read(), durationMs: performance.now() - startedAt });
    }
    function run(job: Job): void {
      stderr.clear();
      const timer = setTimeout(() => {
        finish(
          failed(
            "timeout",
            `The function ran longer than its limit of ${limits.timeoutMs} ms (limits.timeoutMs).`,
          ),
        );
        void worker.terminate();
      }, limits.timeoutMs);
      running = { job, startedAt: performance.now(), timer };
      // A copy with a buffer of its own can be handed over; the received one is a part of the message.
      const body = job.program.body.slice();
      worker.postMessage({ ...job.program, body }, [body.buffer]);
    }

    worker.on("message", (message: ThreadMessage) => {
      if (message.type === "result") finish(message.result);
      else {
        isReady = true;
        failedStarts = 0;
        onReady();
      }
      idle.push(run);
      assign();
    });
    worker.on("error", (error: Error & { code?: string }) => {
      const isHeapFull = error.code === "ERR_WORKER_OUT_OF_MEMORY";
      const message = "The function used up the host memory for its tables and objects.";
      finish(isHeapFull ? failed("memory", message) : failed("crash", `Its thread failed: ${error.message}`));
    });
    worker.on("exit", () => {
      finish(failed("crash", "The thread that ran the function ended."));
      const place = idle.indexOf(run);
      if (place >= 0) idle.splice(place, 1);
      failedStarts += isReady ? 0 : 1;
      if (failedStarts > MAX_FAILED_STARTS) throw new Error("Threads cannot be started.");
      startThread();
    });
  }

  for (let started = 0; started < threads; started += 1) startThread();
  return {
    submit(job: Job): void {
      waiting.push(job);
      assign();
    },
  };
}

/**
 * A backstop: what a program can put on V8's heap is limited by `inspectModule` and `limitModule` already.
 * Much lower makes programs slow: once memories outside the heap, live and not yet collected, exceed half
 * of the heap's limit, V8 collects garbage at each `memory.grow` (measured: 2,048 grows in 6 s instead of 0.2 s).
 */
function heapLimits({ memoryBytes }: ProcessLimits) {
  return { maxOldGenerationSizeMb: 256 + (4 * memoryBytes) / MIB, maxYoungGenerationSizeMb: 16 };
}

function failed(outcome: RunResult["outcome"], message: string): RunResult {
  return { outcome, exitCode: undefined, output: new Uint8Array(0), message };
}
