import { status as STATUS } from "../status.ts";

/** Where standard error stands in the output space (docs/machine.md). */
const STDERR_START = 2 ** 24;
/** How much of it is kept. */
export const STDERR_BYTES = 2 ** 16;
/** Where its length stands. */
const STDERR_LENGTH = STDERR_START + STDERR_BYTES;
/** The exit code that says that standard output passed its limit. */
const OUTPUT_TOO_LARGE = 0xffff_ffff;

/** What came out of a call: the same natively and in replay, on every machine. */
export interface MachineResult {
  /** docs/machine.md, State; never 0 */
  status: number;
  /** 0 unless the status is 1 */
  exitCode: number;
  /** Whether standard output passed its limit. */
  isOutputTooLarge: boolean;
  /** Standard output; empty unless the status is 1. */
  output: Uint8Array;
  /** The first 64 KiB of standard error. */
  stderr: Uint8Array;
  /** In units; the whole limit when it ran out. */
  fuelUsed: bigint;
}

/** The state in which a run ended. */
export interface EndState {
  status: number;
  exitCode: number;
  outLen: number;
  fuelLimit: bigint;
  fuelLeft: bigint;
  /** The output space, from its start to behind the length of standard error at least. */
  outputSpace: Uint8Array;
}

/** Reads a call's result off the state in which it ended. */
export function readResult(end: EndState): MachineResult {
  const hasExited = end.status === STATUS.exited;
  return {
    status: end.status,
    exitCode: hasExited ? end.exitCode : 0,
    isOutputTooLarge: hasExited && end.exitCode === OUTPUT_TOO_LARGE,
    output: end.outputSpace.slice(0, hasExited ? end.outLen : 0),
    stderr: readStderr(end.outputSpace),
    fuelUsed: end.status === STATUS.outOfFuel ? end.fuelLimit : end.fuelLimit - end.fuelLeft,
  };
}

/** What a program has written to its standard error so far. */
export function readStderr(outputSpace: Uint8Array): Uint8Array {
  const view = new DataView(outputSpace.buffer, outputSpace.byteOffset, outputSpace.byteLength);
  const length = Math.min(view.getUint32(STDERR_LENGTH, true), STDERR_BYTES);
  return outputSpace.slice(STDERR_START, STDERR_START + length);
}

/**
 * Makes an output space as good as new. No program reads it, and nothing reads more of it than was written: only the
 * length of standard error is left over from the call before.
 */
export function resetOutput(outputSpace: Uint8Array): void {
  outputSpace.fill(0, STDERR_LENGTH, STDERR_LENGTH + 4);
}
