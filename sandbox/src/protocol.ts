import type { CommitmentParts, MachineErrorCode } from "@millrace/machine";
import type { CallOutcome } from "./types.ts";

/** A module as it runs. */
export interface PreparedModule {
  /** The instrumented module, with the names of its functions. */
  module: Uint8Array;
  /** Pages (64 KiB) of memory at the start, and the most. */
  pages: number;
  maxPages: number;
  /** Stands for the prepared module; with its script for the function. */
  parts: CommitmentParts;
}

/** Why a module cannot be prepared: a MachineError's fields, which an error does not keep between processes. */
export interface Refusal {
  code: MachineErrorCode;
  message: string;
  nextStep: string;
  offset: number | undefined;
  feature: string | undefined;
}

/** To the process that prepares. */
export interface PrepareRequest {
  wasm: Uint8Array;
  maxPages: number;
}

/** From it, before it ends. */
export type PrepareAnswer =
  { type: "prepared"; prepared: PreparedModule } | { type: "refused"; refusal: Refusal };

/** What one run of a program sees; a pure function of these is what it answers. */
export interface Program {
  /** The encoded call (`encodeInput`). */
  input: Uint8Array;
  /** In units. */
  fuelLimit: bigint;
}

/** The limits that hold inside the process. */
export interface ProcessLimits {
  timeoutMs: number;
  outputBytes: number;
  memoryBytes: number;
}

/** What comes out of one run, before it has a duration. */
export interface RunResult {
  outcome: CallOutcome;
  exitCode: number | undefined;
  output: Uint8Array;
  message: string | undefined;
  /** In units; undefined when the run did not come to an end. */
  fuelUsed: bigint | undefined;
  /** What the host adds to standard error: where a trap happened. */
  trace: string;
}

/** One run, numbered by the parent. */
export interface Job {
  id: number;
  program: Program;
}

/** A finished run. */
export interface JobResult extends Omit<RunResult, "trace"> {
  id: number;
  stderr: Uint8Array;
  durationMs: number;
}

/** Which function a process that has loaded its module becomes. */
export interface FunctionSettings {
  /** What the module runs, if it is a runtime. */
  script: Uint8Array | undefined;
  threads: number;
  limits: ProcessLimits;
}

/** From the parent to the process: first `load`, then `open`, then calls. */
export type ParentMessage =
  /** Compiles the module and starts one thread. `warm`: runs the module once, so that what every script needs is compiled. */
  | { type: "load"; prepared: PreparedModule; warm: boolean }
  | { type: "open"; settings: FunctionSettings }
  | { type: "call"; job: Job };

/** From the process to the parent. */
export type ProcessMessage =
  /** The module is compiled, and run once if that was asked for. */
  { type: "loaded" } | { type: "ready" } | { type: "result"; result: JobResult };

/** What V8 has compiled of a prepared module; structured clone shares its code between threads. */
export interface CompiledProgram extends Pick<PreparedModule, "pages" | "maxPages"> {
  module: WebAssembly.Module;
}

/** What a thread gets when it starts. */
export interface ThreadData {
  program: CompiledProgram;
  /** The output space, which lives on when the thread is killed. */
  output: WebAssembly.Memory;
  warm: boolean;
}

/** To a thread: `open` once, then one run after the other. */
export type ThreadRequest =
  { type: "open"; script: Uint8Array | undefined; limits: ProcessLimits } | { type: "run"; program: Program };

/** From a thread to its process. */
export type ThreadMessage = { type: "ready" } | { type: "result"; result: RunResult };
