import { Worker } from "node:worker_threads";
import type { Job, JobResult, ProcessLimits, RunResult, ThreadData, ThreadMessage } from "./protocol.ts";
import { allocateStderr, openStderr } from "./stderr-buffer.ts";

const MIB = 2 ** 20;

interface StartWorkerParameters {
  module: WebAssembly.Module;
  limits: ProcessLimits;
  /** Called when the thread can take a job: once it has started and after each job that it finished. */
  onIdle: () => void;
  onResult: (result: JobResult) => void;
  /** Called once; the job that was running has had its result before. */
  onExit: () => void;
}

interface RunningJob {
  id: number;
  startedAt: number;
  timer: NodeJS.Timeout;
}

/**
 * Starts a thread that runs one job at a time, and ends it when a job passes its time limit.
 * @returns a function that runs a job; to be called only when the thread is idle
 */
export function startWorker({ module, limits, onIdle, onResult, onExit }: StartWorkerParameters) {
  const shared = allocateStderr();
  const stderr = openStderr(shared);
  const workerData: ThreadData = { module, limits, stderr: shared };
  const url = new URL("./thread.ts", import.meta.url);
  const worker = new Worker(url, { workerData, env: {}, resourceLimits: heapLimits(limits) });
  let running: RunningJob | undefined;
  let isStopping = false;

  function finish(result: RunResult): void {
    if (running === undefined) return;
    const { id, startedAt, timer } = running;
    clearTimeout(timer);
    running = undefined;
    onResult({ ...result, id, stderr: stderr.read(), durationMs: performance.now() - startedAt });
  }
  function stop(): void {
    finish(failed("timeout", `The function ran longer than ${limits.timeoutMs} ms (limits.timeoutMs).`));
    isStopping = true;
    void worker.terminate();
  }

  worker.on("message", (message: ThreadMessage) => {
    if (isStopping) return;
    if (message.type === "result") finish(message.result);
    onIdle();
  });
  worker.on("error", (error: Error & { code?: string }) => finish(describeError(error)));
  worker.on("exit", () => {
    finish(failed("crash", "The thread that ran the function ended."));
    onExit();
  });
  return ({ id, program }: Job): void => {
    stderr.clear();
    running = { id, startedAt: performance.now(), timer: setTimeout(stop, limits.timeoutMs) };
    // Only a copy can be handed over: the received body is a Buffer, a view of memory that other messages lie in too
    // (and a Buffer's slice is a view again).
    const body = new Uint8Array(program.body);
    worker.postMessage({ ...program, body }, [body.buffer]);
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

function describeError({ code, message }: Error & { code?: string }): RunResult {
  if (code !== "ERR_WORKER_OUT_OF_MEMORY") return failed("crash", `The function's thread failed: ${message}`);
  return failed("memory", "The function used up the host memory for its tables and objects.");
}

function failed(outcome: RunResult["outcome"], message: string): RunResult {
  return { outcome, exitCode: undefined, output: new Uint8Array(0), message };
}
