import { Worker } from "node:worker_threads";
import { createOutputMemory, readStderr, resetOutput, STDERR_BYTES } from "@millrace/machine/native";
import type {
  CompiledProgram,
  FunctionSettings,
  Job,
  JobResult,
  RunResult,
  ThreadData,
  ThreadMessage,
  ThreadRequest,
} from "./protocol.ts";

const PAGES_A_MIB = 16;
const NEWLINE = 0x0a;
/**
 * What the deepest nesting of calls that a program may reach takes, many times over: a program's own limit decides
 * (docs/machine.md, Frames and calls), never the host's stack.
 */
const STACK_MIB = 64;

interface StartWorkerParameters {
  program: CompiledProgram;
  /** Runs the module once before it is idle. */
  warm: boolean;
  /** Called when the thread can take a job, as far as it is open: once it has started and after each job that it finished. */
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

/** A thread of a function's process. */
export interface FunctionThread {
  /** Tells it which function it runs; to be called once, before its first job. */
  open(settings: Pick<FunctionSettings, "script" | "limits">): void;
  /** Runs a job; to be called only when the thread is idle. */
  run(job: Job): void;
}

/** Starts a thread that runs one job at a time, and ends it when a job passes its time limit. */
export function startWorker({
  program: compiled,
  warm,
  onIdle,
  onResult,
  onExit,
}: StartWorkerParameters): FunctionThread {
  const output = createOutputMemory();
  const outputSpace = new Uint8Array(output.buffer);
  const workerData: ThreadData = { program: compiled, output, warm };
  const url = new URL("./thread.ts", import.meta.url);
  const worker = new Worker(url, { workerData, env: {}, resourceLimits: resourceLimits(compiled) });
  const send = (request: ThreadRequest, transfer: ArrayBuffer[] = []): void =>
    worker.postMessage(request, transfer);
  let running: RunningJob | undefined;
  let isStopping = false;
  let timeoutMs = 0;

  function finish({ trace, ...result }: RunResult): void {
    if (running === undefined) return;
    const { id, startedAt, timer } = running;
    clearTimeout(timer);
    running = undefined;
    const stderr = joinLines(readStderr(outputSpace), trace);
    onResult({ ...result, id, stderr, durationMs: performance.now() - startedAt });
  }
  function stop(): void {
    finish(failed("timeout", `The function ran longer than ${timeoutMs} ms (limits.timeoutMs).`));
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
  return {
    open({ script, limits }) {
      ({ timeoutMs } = limits);
      send({ type: "open", script, limits });
    },
    run({ id, program }) {
      resetOutput(outputSpace);
      running = { id, startedAt: performance.now(), timer: setTimeout(stop, timeoutMs) };
      // Only a copy can be handed over: what was received is a Buffer, a view of memory that other messages lie in too
      // (and a Buffer's slice is a view again).
      const input = new Uint8Array(program.input);
      send({ type: "run", program: { ...program, input } }, [input.buffer]);
    },
  };
}

/**
 * The heap is a backstop: what a program can put on it is limited when it is prepared already.
 * Much lower makes programs slow: once memories outside the heap, live and not yet collected, exceed half
 * of the heap's limit, V8 collects garbage at each `memory.grow` (measured: 2,048 grows in 6 s instead of 0.2 s).
 */
function resourceLimits({ maxPages }: CompiledProgram) {
  const heap = { maxOldGenerationSizeMb: 256 + (4 * maxPages) / PAGES_A_MIB, maxYoungGenerationSizeMb: 16 };
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

/** What the program wrote, a word where more of it may be missing, and where it trapped; each begins a line. */
function joinLines(words: Uint8Array, trace: string): Uint8Array {
  const parts: Uint8Array[] = [words];
  const add = (text: string): void => {
    const last = parts.at(-1)?.at(-1);
    if (last !== undefined && last !== NEWLINE) parts.push(Uint8Array.of(NEWLINE));
    parts.push(Buffer.from(text));
  };
  if (words.length === STDERR_BYTES)
    add(`[Of what a call writes the first ${STDERR_BYTES / 1024} KiB are kept.]\n`);
  if (trace !== "") add(trace);
  return Buffer.concat(parts);
}
