/** Runs a prepared program on an encoded call both ways, and gives what came out. */
import { readResult } from "../../src/call/read-result.ts";
import type { MachineResult } from "../../src/call/read-result.ts";
import { openMachine } from "../../src/interpret/machine.ts";
import { createNativeRunner } from "../../src/native/create-native-runner.ts";
import { createNativeSpaces } from "../../src/native/spaces.ts";
import type { Prepared } from "../../src/prepare.ts";

/** Standard output, standard error and its length. */
const OUTPUT_BYTES = 2 ** 24 + 2 ** 16 + 4;

/** What is run. */
export interface RunInputParameters {
  prepared: Prepared;
  /** an encoded call */
  input: Uint8Array;
  /** the limit, in units */
  fuel: bigint;
}

/** The result in V8. */
export function runNatively({ prepared, input, fuel }: RunInputParameters): MachineResult {
  const { pages, maxPages, script } = prepared.program;
  const module = new WebAssembly.Module(prepared.module);
  const runner = createNativeRunner({ module, pages, maxPages, script }, createNativeSpaces());
  const { status, exitCode, isOutputTooLarge, output, stderr, fuelUsed } = runner.run(input, fuel);
  return { status, exitCode, isOutputTooLarge, output, stderr, fuelUsed };
}

/** The result in the interpreter, and the number of steps. */
export function replay({ prepared, input, fuel }: RunInputParameters): {
  result: MachineResult;
  steps: number;
} {
  const machine = openMachine({ program: prepared.program, input, fuel });
  machine.runToEnd();
  const { status, exitCode, outLen, fuel: fuelLeft } = machine.registers();
  const outputSpace = machine.readOutput(0, OUTPUT_BYTES);
  const result = readResult({ status, exitCode, outLen, fuelLimit: fuel, fuelLeft, outputSpace });
  return { result, steps: machine.step() };
}
