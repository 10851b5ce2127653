import { Worker } from "node:worker_threads";
import { createOutputMemory, readStderr, resetOutput } from "@millrace/machine/native";
import type {
  CompiledProgram,
  Job,
  JobResult,
  ProcessLimits,
  RunResult,
  ThreadData,
  ThreadMessage,
} from "./protocol.ts";

const MIB = 2 ** 20;
/**
 * What the deepest nesting of calls that a program may reach takes, many times over: a program's own limit decides
 * (docs/machine.md, Frames and calls), never the host's stack.
 */
const STACK_MIB = 64;

interface StartWorkerParameters {
  program: CompiledProgram;
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
export function startWorker({ program: compiled, limits, onIdle, onResult, onExit }: StartWorkerParameters) {
  const output = createOutputMemory();
  const outputSpace = new Uint8Array(output.buffer);
  const workerData: ThreadData = { program: compiled, limits, output };
  const url = new URL("./thread.ts", import.meta.url);
  const worker = new Worker(url, { workerData, env: {}, resourceLimits: resourceLimits(limits) });
  let running: RunningJob | undefined;
  let isStopping = false;

  function finish({ trace, ...result }: RunResult): void {
    if (running === undefined) return;
    const { id, startedAt, timer } = running;
    clearTimeout(timer);
    running = undefined;
    const stderr = Buffer.concat([readStderr(outputSpace), Buffer.from(trace)]);
    onResult({ ...result, id, stderr, durationMs: performance.now() - startedAt });
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
    resetOutput(outputSpace);
    running = { id, startedAt: performance.now(), timer: setTimeout(stop, limits.timeoutMs) };
    // Only a copy can be handed over: what was received is a Buffer, a view of memory that other messages lie in too
    // (and a Buffer's slice is a view again).
    const input = new Uint8Array(program.input);
    worker.postMessage({ ...program, input }, [input.buffer]);
  };
}

/**
 * The heap is a backstop: what a program can put on it is limited when it is prepared already.
 * Much lower makes programs slow: once memories outside the heap, live and not yet collected, exceed half
 * of the heap's limit, V8 collects garbage at each `memory.grow` (measured: 2,048 grows in 6 s instead of 0.2 s).
 */
function resourceLimits({ memoryBytes }: ProcessLimits) {
  const heap = { maxOldGenerationSizeMb: 256 + (4 * memoryBytes) / MIB, maxYoungGenerationSizeMb: 16 };
  return { ...heap, stackSizeMb: STACK_MIB };
}

function describeError({ code, message }: Error & { code?: string }): RunResult {
  if (code !== "ERR_WORKER_OUT_OF_MEMORY") return failed("crash", `The function's thread failed: ${message}`);
  return failed("memory", "The function used up the host memory for its tables and objects.");
}

function failed(outcome: RunResult["outcome"], message: string): RunResult {
  const nothing = { exitCode: undefined, output: new Uint8Array(0), fuelUsed: undefined, trace: "" };
  return { ...nothing, outcome, message };
}
