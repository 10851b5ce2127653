import { HostFailure, status as STATUS } from "@millrace/machine/native";
import type { NativeResult, NativeRunner } from "@millrace/machine/native";
import type { ProcessLimits, Program, RunResult } from "./protocol.ts";

/** What {@link runProgram} runs. */
export interface RunProgramParameters {
  runner: NativeRunner;
  program: Program;
  limits: ProcessLimits;
}

/** A finished run and how much memory its instance leaves behind, in bytes. */
export interface FinishedRun {
  result: RunResult;
  memoryBytes: number;
}

/** What traps are called, by their status. */
const TRAPS: Readonly<Record<number, string>> = {
  [STATUS.unreachable]: "unreachable",
  [STATUS.memoryOutOfBounds]: "memory access out of bounds",
  [STATUS.divisionByZero]: "division by zero",
  [STATUS.integerOverflow]: "integer overflow",
  [STATUS.noSuchInteger]: "a float that is no integer of the wanted type",
  [STATUS.tableIndex]: "table index out of bounds",
  [STATUS.wrongCallee]: "a call through the table of nothing or of a function of another type",
};

/** Runs a program once, in a fresh instance, on this thread. Everything the program does is a result. */
export function runProgram({ runner, program, limits }: RunProgramParameters): FinishedRun {
  try {
    const native = runner.run(program.input, program.fuelLimit);
    const described = describe(native, program, limits);
    const { fuelUsed, trace, memoryBytes } = native;
    return { result: { ...described, fuelUsed, trace }, memoryBytes };
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error;
    const failed = { exitCode: undefined, output: new Uint8Array(0), fuelUsed: undefined, trace: "" };
    const message = `The host could not run the function: ${error.message}.`;
    return { result: { ...failed, outcome: "crash", message }, memoryBytes: limits.memoryBytes };
  }
}

type Described = Pick<RunResult, "outcome" | "exitCode" | "output" | "message">;

function describe(native: NativeResult, { fuelLimit }: Program, limits: ProcessLimits): Described {
  const { status, exitCode, output } = native;
  const failed = (outcome: RunResult["outcome"], message: string): Described => ({
    ...{ outcome, message, exitCode: undefined, output: new Uint8Array(0) },
  });
  if (native.isOutputTooLarge) {
    const text = `The function wrote more than its limit of ${limits.outputBytes} bytes (limits.outputMiB).`;
    return failed("output-too-large", text);
  }
  if (status === STATUS.exited && exitCode === 0)
    return { outcome: "ok", exitCode, output, message: undefined };
  if (status === STATUS.exited) {
    return { outcome: "exit", exitCode, output, message: `The function ended with exit code ${exitCode}.` };
  }
  if (status === STATUS.outOfFuel)
    return failed("out-of-fuel", `The function used up its ${fuelLimit} units of fuel (limits.fuel).`);
  if (status === STATUS.stackExhausted)
    return failed("stack", "The function's calls are nested too deeply: its call stack is used up.");
  return describeTrap(native, limits, failed);
}

function describeTrap(
  { status, memoryBytes }: NativeResult,
  limits: ProcessLimits,
  failed: (outcome: RunResult["outcome"], message: string) => Described,
): Described {
  // A failed allocation ends in `unreachable` in most languages. Naming it needs a look at the memory in use.
  const isMemoryNearlyFull = memoryBytes >= limits.memoryBytes - limits.memoryBytes / 8;
  if (status === STATUS.unreachable && isMemoryNearlyFull) {
    const [used, limit] = [memoryBytes / 2 ** 20, limits.memoryBytes / 2 ** 20].map((size) =>
      size.toFixed(1),
    );
    const message = `The function gave up with ${used ?? ""} of ${limit ?? ""} MiB of memory in use (limits.memoryMiB).`;
    return failed("memory", message);
  }
  return failed("trap", `The function trapped: ${TRAPS[status] ?? "an illegal instruction"}.`);
}
