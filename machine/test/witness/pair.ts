import { MachineError } from "../../src/errors.ts";
import { openMachine } from "../../src/interpret/machine.ts";
import type { Machine } from "../../src/interpret/machine.ts";
import type { Snapshot } from "../../src/interpret/snapshot.ts";
import { createStateTrees } from "../../src/merkle/state-trees.ts";
import type { Program } from "../../src/program.ts";
import { buildWitness } from "../../src/witness/build.ts";
import { verifyStep } from "../../src/witness/verify.ts";
import type { VerifyStepParameters } from "../../src/witness/verify.ts";

export const input = Uint8Array.from({ length: 45 }, (_, index) => index * 5);
export const data = Uint8Array.from({ length: 70 }, (_, index) => 255 - index);

interface Pair {
  machine: Machine;
  /** The witness of the step that follows `state`, and the hash of the state after it by the interpreter. */
  step: (state: Snapshot) => { claim: VerifyStepParameters; after: Uint8Array };
}

/** Does steps both ways: with the interpreter, and with witnesses alone. */
export function createPair(program: Program): Pair {
  const machine = openMachine({ program, input, fuel: 1000n });
  const trees = createStateTrees({ program, input });
  return {
    machine,
    step: (state) => {
      const stateHash = trees.hash(state);
      const claim = { fixed: trees.fixed, stateHash, witness: buildWitness(trees, state) };
      machine.restore(state);
      machine.runTo(state.step + 1);
      return { claim, after: trees.hash(machine.snapshot()) };
    },
  };
}

/** What a witness shows: the next state, or nothing. */
export function shown(claim: VerifyStepParameters): Uint8Array | "rejected" {
  try {
    return verifyStep(claim);
  } catch (error) {
    if (error instanceof MachineError && error.code === "invalid-witness") return "rejected";
    throw error;
  }
}
