import type { Commitment, MachineErrorCode } from "@millrace/machine";
import type { CallOutcome } from "./types.ts";

/** A module as it runs. */
export interface PreparedModule {
  /** The instrumented module, with the names of its functions. */
  module: Uint8Array;
  /** Pages (64 KiB) of memory at the start, and the most. */
  pages: number;
  maxPages: number;
  /** Stands for the prepared function. */
  commitment: Commitment;
}

/** What a process gets to run: a module that it has to prepare first, or one that another process has prepared. */
export type Source =
  { type: "module"; wasm: Uint8Array; maxPages: number } | { type: "prepared"; prepared: PreparedModule };

/** Why a module cannot be prepared: a MachineError's fields, which an error does not keep between processes. */
export interface Refusal {
  code: MachineErrorCode;
  message: string;
  nextStep: string;
  offset: number | undefined;
  feature: string | undefined;
}

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

/** From the parent to the process. */
export type ParentMessage =
  { type: "open"; source: Source; threads: number; limits: ProcessLimits } | { type: "call"; job: Job };

/** From the process to the parent. */
export type ProcessMessage =
  | { type: "prepared"; prepared: PreparedModule }
  | { type: "ready"; commitment: Commitment }
  | { type: "refused"; refusal: Refusal }
  | { type: "result"; result: JobResult };

/** What V8 has compiled of a prepared module; structured clone shares its code between threads. */
export interface CompiledProgram extends Pick<PreparedModule, "pages" | "maxPages"> {
  module: WebAssembly.Module;
}

/** What a thread gets when it starts. */
export interface ThreadData {
  program: CompiledProgram;
  limits: ProcessLimits;
  /** The output space, which lives on when the thread is killed. */
  output: WebAssembly.Memory;
}

/** From a thread to its process. */
export type ThreadMessage = { type: "ready" } | { type: "result"; result: RunResult };
