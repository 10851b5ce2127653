import type { Commitment, Manifest } from "@millrace/machine";
import type { FunctionAnswer } from "./answer.ts";

/** One request to a function. */
export interface CallRequest {
  /** Names the call in logs. */
  requestId: string;
  method: string;
  /** What follows the function's own address, with its leading slash; may be empty. */
  path: string;
  /** The query string without its question mark; may be empty. */
  query: string;
  headers: Record<string, string>;
  body: Uint8Array;
  remoteAddress?: string;
  /** Variables beside the manifest's; they replace those of the same name, but none of the request. */
  env?: Record<string, string>;
  /** The time the function sees, in milliseconds since 1970; by default the time of the call. */
  acceptedAtMs?: number;
  /** 32 bytes that determine the function's random numbers; by default fresh ones. */
  seed?: Uint8Array;
  /** The most fuel that the call may use, in units; by default, and at most, the manifest's `limits.fuel`. */
  fuelLimit?: bigint;
}

/**
 * How a call ended. `ok` is the only success; `exit` is an exit code other than 0; `malformed-answer`: it does not begin
 * with the headers that the manifest announces.
 */
export type CallOutcome =
  | "ok"
  | "exit"
  | "malformed-answer"
  | "trap"
  | "stack"
  | "out-of-fuel"
  | "timeout"
  | "memory"
  | "output-too-large"
  | "crash";

/** What came out of a call. */
export interface CallResult {
  outcome: CallOutcome;
  /** The program's exit code; undefined unless the outcome is `ok` or `exit`. */
  exitCode: number | undefined;
  /**
   * What the program wrote to its standard output: what a replay proves. Empty unless the outcome is `ok`, `exit` or
   * `malformed-answer`.
   */
  output: Uint8Array;
  /** What of it goes to the caller, with which status and headers; undefined unless the outcome is `ok`. */
  answer?: FunctionAnswer;
  /** The first 64 KiB of what the program wrote to its standard error. */
  stderr: string;
  /** A sentence that says what happened; undefined for `ok`. */
  message?: string;
  /**
   * What the program used, in units of fuel: the same for the same call on every machine; the whole limit when it ran
   * out. Undefined when the call did not come to an end: `timeout` and `crash`.
   */
  fuelUsed: bigint | undefined;
  /** Time the program ran, in milliseconds, without waiting for a free thread. */
  durationMs: number;
}

/** One line that a function wrote to its standard error. */
export interface StderrLine {
  requestId: string;
  text: string;
}

/** Parameters of {@link openSandbox}. */
export interface OpenSandboxParameters {
  /** The module with its embedded manifest. */
  module: Uint8Array;
  /** The module that the manifest names as `runtime`, which its bytes have been checked against; for scripts only. */
  runtime?: Uint8Array;
  /** How many calls may run at the same time; 2 by default. */
  threads?: number;
  /** Called for each line of standard error once its call has ended, before the result is given. */
  onStderr?: (line: StderrLine) => void;
}

/** Parameters of {@link createSandboxes}. */
export interface CreateSandboxesParameters {
  /**
   * How many processes wait for a script to come, each with another runtime loaded; 0 by default. One is kept for a runtime
   * once a script of it was opened.
   */
  spares?: number;
}

/** Opens sandboxes, and keeps processes ready for scripts. */
export interface Sandboxes {
  /**
   * Opens a function in a process of its own.
   * @returns the sandbox, once the first call can run; it must be closed
   * @throws MachineError when the module, its manifest or its runtime cannot be used
   * @throws SandboxError `start-failed` when the process cannot be started
   */
  open(parameters: OpenSandboxParameters): Promise<Sandbox>;
  /** Settles when the processes that wait for scripts are ready. */
  settled(): Promise<void>;
  /** Ends the processes that wait; open sandboxes stay. */
  close(): void;
}

/** A function that is ready to be called, isolated in a process of its own. */
export interface Sandbox {
  readonly manifest: Manifest;
  /** Stands for the function as it was prepared (docs/machine.md); the same on every machine. */
  readonly commitment: Commitment;
  /**
   * Runs the function once in a fresh instance. Calls beyond `threads` wait in order.
   * Whatever the function does is a result; nothing of it is thrown.
   * @throws SandboxError `closed` or `input-too-large`
   */
  call(request: CallRequest): Promise<CallResult>;
  /** Ends the process; calls that run or wait end with the outcome `crash`. May be called twice. */
  close(): Promise<void>;
}
