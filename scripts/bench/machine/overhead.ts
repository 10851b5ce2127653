/** How much longer an instrumented module runs in V8 than the same module as it came. */
import { prepare } from "../../../machine/src/prepare.ts";
import { createNativeRunner } from "../../../machine/src/native/create-native-runner.ts";
import { createNativeSpaces } from "../../../machine/src/native/spaces.ts";
import { inputFor, stdinFor } from "./kernels.ts";
import type { Kernel } from "./kernels.ts";
import { runPlain } from "./plain.ts";

/** Enough for V8 to have replaced its first code by the optimised one. */
const WARM_UP = 8;
const TURNS = 15;
const FUEL = 2n ** 60n;

/** One kernel's fastest runs: whatever else the machine does only makes runs slower. */
export interface Overhead {
  plainMs: number;
  instrumentedMs: number;
  ratio: number;
  fuelUsed: bigint;
}

/** Runs the kernel both ways by turns. @throws if the outputs differ */
export function measureOverhead({ wasm, turns }: Kernel, maxPages: number): Overhead {
  const { module, program } = prepare(wasm, { maxPages });
  const { pages } = program;
  const runner = createNativeRunner(
    { module: new WebAssembly.Module(module), pages, maxPages: program.maxPages },
    createNativeSpaces(),
  );
  const plain = new WebAssembly.Module(wasm);
  const times = { plain: Infinity, instrumented: Infinity };
  let fuelUsed = 0n;
  for (let turn = -WARM_UP; turn < TURNS; turn += 1) {
    const start = performance.now();
    const expected = runPlain({ module: plain, stdin: stdinFor(turns) });
    const between = performance.now();
    const result = runner.run(inputFor(turns), FUEL);
    const end = performance.now();
    if (result.status !== 1 || !Buffer.from(result.output).equals(expected))
      throw new Error(`the kernel ended with status ${result.status} and another output than in V8 alone`);
    fuelUsed = result.fuelUsed;
    if (turn < 0) continue;
    times.plain = Math.min(times.plain, between - start);
    times.instrumented = Math.min(times.instrumented, end - between);
  }
  const ratio = times.instrumented / times.plain;
  return { plainMs: times.plain, instrumentedMs: times.instrumented, ratio, fuelUsed };
}
