import type { CallOutcome } from "./types.ts";

/** What one run of a program sees; a pure function of these is what it answers. */
export interface Program {
  args: string[];
  /** Environment as `NAME=value`. */
  env: string[];
  body: Uint8Array;
  /** Time at which the program's clock stands, in milliseconds since 1970. */
  acceptedAtMs: number;
  /** 32 bytes that determine the random numbers. */
  seed: Uint8Array;
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
}

/** One run, numbered by the parent. */
export interface Job {
  id: number;
  program: Program;
}

/** A finished run. */
export interface JobResult extends RunResult {
  id: number;
  stderr: Uint8Array;
  durationMs: number;
}

/** From the parent to the process. */
export type ParentMessage =
  { type: "open"; wasm: Uint8Array; threads: number; limits: ProcessLimits } | { type: "call"; job: Job };

/** From the process to the parent. */
export type ProcessMessage =
  { type: "ready" } | { type: "refused"; message: string } | { type: "result"; result: JobResult };

/** What a thread gets when it starts. */
export interface ThreadData {
  module: WebAssembly.Module;
  limits: ProcessLimits;
  stderr: SharedArrayBuffer;
}

/** From a thread to its process. */
export type ThreadMessage = { type: "ready" } | { type: "result"; result: RunResult };
