import type { ProcessLimits, Program, RunResult } from "./protocol.ts";
import type { StderrBuffer } from "./stderr-buffer.ts";
import { createWasi } from "./wasi/imports.ts";
import type { Stop } from "./wasi/imports.ts";

const MAX_FRAMES = 12;

/** What {@link runProgram} runs. */
export interface RunProgramParameters {
  module: WebAssembly.Module;
  program: Program;
  limits: ProcessLimits;
  stderr: StderrBuffer;
}

/** A finished run and how much memory its instance leaves behind, in bytes. */
export interface FinishedRun {
  result: RunResult;
  memoryBytes: number;
}

/** Runs a program once, in a fresh instance, on this thread. Everything the program does is a result. */
export function runProgram({ module, program, limits, stderr }: RunProgramParameters): FinishedRun {
  let memory: WebAssembly.Memory | undefined;
  const wasi = createWasi({ program, outputBytes: limits.outputBytes, stderr, getMemory: () => memory });
  let thrown: unknown;
  try {
    const { exports } = new WebAssembly.Instance(module, wasi.imports);
    const { memory: exported, _start: start } = exports;
    if (exported instanceof WebAssembly.Memory) memory = exported;
    if (typeof start === "function") (start as () => void)();
  } catch (error) {
    thrown = error;
  }
  const memoryBytes = memory?.buffer.byteLength ?? 0;
  const stop: Stop | undefined =
    wasi.stopped() ?? (thrown === undefined ? { reason: "exit", exitCode: 0 } : undefined);
  if (stop !== undefined) return { result: describeStop(stop, wasi.takeOutput, limits), memoryBytes };
  stderr.write(new TextEncoder().encode(describeFrames(thrown)));
  return { result: describeTrap(thrown, memoryBytes, limits), memoryBytes };
}

function describeStop(stop: Stop, takeOutput: () => Uint8Array, limits: ProcessLimits): RunResult {
  if (stop.reason === "output-too-large") {
    const message = `The function wrote more than its limit of ${limits.outputBytes} bytes (limits.outputMiB).`;
    return { outcome: "output-too-large", exitCode: undefined, output: new Uint8Array(0), message };
  }
  const { exitCode } = stop;
  if (exitCode === 0) return { outcome: "ok", exitCode, output: takeOutput(), message: undefined };
  const message = `The function ended with exit code ${exitCode}.`;
  return { outcome: "exit", exitCode, output: takeOutput(), message };
}

function describeTrap(thrown: unknown, memoryBytes: number, limits: ProcessLimits): RunResult {
  const failed = { exitCode: undefined, output: new Uint8Array(0) };
  const reason = describeReason(thrown);
  if (thrown instanceof RangeError && reason.includes("call stack")) {
    return { ...failed, outcome: "trap", message: "The function trapped: its call stack is used up." };
  }
  if (thrown instanceof RangeError) {
    return {
      ...failed,
      outcome: "memory",
      message: `The host could not provide the function's memory: ${reason}.`,
    };
  }
  // A failed allocation ends in `unreachable` in most languages. Naming it needs a look at the memory in use.
  const isMemoryNearlyFull = memoryBytes >= limits.memoryBytes - limits.memoryBytes / 8;
  if (reason === "unreachable" && isMemoryNearlyFull) {
    const [used, limit] = [memoryBytes / 2 ** 20, limits.memoryBytes / 2 ** 20].map((size) =>
      size.toFixed(1),
    );
    const message = `The function gave up with ${used ?? ""} of ${limit ?? ""} MiB of memory in use (limits.memoryMiB).`;
    return { ...failed, outcome: "memory", message };
  }
  return { ...failed, outcome: "trap", message: `The function trapped: ${reason}.` };
}

function describeReason(thrown: unknown): string {
  if (thrown instanceof WebAssembly.RuntimeError || thrown instanceof RangeError) return thrown.message;
  return "it called a host function with parameters of the wrong type";
}

/** The program's own frames of a trap, for its developer's log. */
function describeFrames(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "";
  const frames = (thrown.stack ?? "").split("\n").filter((line) => line.includes("wasm-function"));
  if (frames.length === 0) return "";
  return `trap: ${thrown.message}\n${frames.slice(0, MAX_FRAMES).join("\n")}\n`;
}
