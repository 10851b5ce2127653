import { readFileSync } from "node:fs";
import { openMachine, prepare } from "../../src/index.ts";
import { createNativeRunner, createNativeSpaces } from "../../src/native/index.ts";
import type { NativeResult } from "../../src/native/index.ts";
import { makeInput } from "../shim/inputs.ts";

/** A fixture of the sandbox: a program that a real compiler made. */
export const fixture = (name: string): Uint8Array =>
  readFileSync(new URL(`../../../sandbox/test/fixtures/${name}.wasm`, import.meta.url));

/** Prepares a module and gives what runs it, in both ways. */
export function openBoth(wasm: Uint8Array, maxPages = 64) {
  const { module: bytes, program } = prepare(wasm, { maxPages });
  const module = new WebAssembly.Module(bytes);
  const { pages, maxPages: most } = program;
  const runner = createNativeRunner({ module, pages, maxPages: most }, createNativeSpaces());
  return {
    native: (input = makeInput(), fuel = 100_000_000n): NativeResult => runner.run(input, fuel),
    /** Status, fuel, output and standard error of the replay. */
    replay: (input = makeInput(), fuel = 100_000_000n) => {
      const machine = openMachine({ program, input, fuel });
      machine.runToEnd();
      const [length] = new Uint32Array(machine.readOutput(2 ** 24 + 2 ** 16, 4).buffer);
      return {
        status: machine.registers().status,
        fuelUsed: machine.fuelUsed(),
        output: machine.output(),
        stderr: machine.readOutput(2 ** 24, length ?? 0),
      };
    },
  };
}
