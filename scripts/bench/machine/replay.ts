/** How fast the machine's interpreter runs, and what a proof of one of its steps takes. */
import { openMachine } from "../../../machine/src/interpret/machine.ts";
import { createChunkTree, toChunks } from "../../../machine/src/merkle/chunk-tree.ts";
import { memoryDepth } from "../../../machine/src/merkle/state-trees.ts";
import { prepare } from "../../../machine/src/prepare.ts";
import { openReplay } from "../../../machine/src/replay/replay.ts";
import { verifyStep } from "../../../machine/src/witness/verify.ts";
import { countInstructions } from "./count-instructions.ts";
import { inputFor } from "./kernels.ts";
import type { Kernel } from "./kernels.ts";

const FUEL = 2n ** 60n;
const COUNTED_TURNS = 2;
const ROOT_BYTES = 2 ** 22;
const WITNESS_STEPS = 1e9;

/** Steps a second of one run, and steps for each executed instruction of WebAssembly but `block`, `loop`, `end`, `else` and `nop`. */
export async function measureSteps(
  kernel: Kernel,
  maxPages: number,
): Promise<{ perSecond: number; perInstruction: number }> {
  const { program } = prepare(kernel.wasm, { maxPages });
  const run = (turns: number): { steps: number; seconds: number } => {
    const machine = openMachine({ program, input: inputFor(turns), fuel: FUEL });
    const start = performance.now();
    machine.runToEnd();
    return { steps: machine.step(), seconds: (performance.now() - start) / 1_000 };
  };
  const { steps } = run(COUNTED_TURNS);
  const perInstruction = steps / Number(await countInstructions(kernel, COUNTED_TURNS));
  const runs = [1, 2, 3].map(() => run(kernel.turns)).map((whole) => whole.steps / whole.seconds);
  return { perSecond: Math.max(...runs), perInstruction };
}

/** The median time to hash 4 MiB of memory into its root, in milliseconds. */
export function measureRoot(): number {
  const bytes = Uint8Array.from({ length: ROOT_BYTES }, (_, index) => (index * 2_654_435_761) >>> 24);
  const times = Array.from({ length: 9 }, () => {
    const start = performance.now();
    createChunkTree(memoryDepth(ROOT_BYTES / 65_536)).update(toChunks(bytes));
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[4] ?? Number.NaN;
}

/**
 * From opening a run of at least 10^9 steps to the witness of one of its steps, in seconds; the run to its end is part of it, as a
 * node that is challenged makes it once.
 * @throws if the witness does not prove the step
 */
export function measureWitness(
  kernel: Kernel,
  turns: number,
  maxPages: number,
): { seconds: number; steps: number } {
  const { program } = prepare(kernel.wasm, { maxPages });
  const start = performance.now();
  const replay = openReplay({ program, input: inputFor(turns), fuel: FUEL });
  const { steps } = replay.end();
  if (steps < WITNESS_STEPS) throw new Error(`the run has ${steps} steps, fewer than ${WITNESS_STEPS}`);
  const step = Math.floor(steps * 0.618);
  const witness = replay.witnessAt(step);
  const seconds = (performance.now() - start) / 1_000;
  const proven = verifyStep({ fixed: replay.fixed, stateHash: replay.stateHashAt(step), witness });
  if (!Buffer.from(proven).equals(replay.stateHashAt(step + 1)))
    throw new Error(`the witness of step ${step} is wrong`);
  return { seconds, steps };
}
