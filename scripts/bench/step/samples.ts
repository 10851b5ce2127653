/** Steps whose gas is measured: of runs of the examples, and some that no example has. */
import { openMachine } from "../../../machine/src/interpret/machine.ts";
import type { Snapshot } from "../../../machine/src/interpret/snapshot.ts";
import { createStateTrees } from "../../../machine/src/merkle/state-trees.ts";
import type { Program } from "../../../machine/src/program.ts";
import { openReplay } from "../../../machine/src/replay/replay.ts";
import { buildWitness } from "../../../machine/src/witness/build.ts";
import { verifyStep } from "../../../machine/src/witness/verify.ts";
import type { VerifyStepParameters } from "../../../machine/src/witness/verify.ts";

const PLENTY = 2n ** 50n;
const INSTRUCTION = 16;
/** Runs are looked at in as many places, so many steps from each. */
const WINDOWS = 60;
const WINDOW_STEPS = 3_000;
/** Steps of one opcode that are taken of a run. */
const MOST_OF_AN_OPCODE = 4;

/** One step with its outcome. */
export interface Sample {
  opcode: number;
  claim: VerifyStepParameters;
  next: Uint8Array;
}

/** A program with an input. */
export interface Run {
  program: Program;
  input: Uint8Array;
}

/** A state of a run, from which another instruction may be done. */
export interface Place extends Run {
  snapshot: Snapshot;
}

/** Steps of a run by their opcode, each from another place if there are several. */
function findSteps({ program, input }: Run, steps: number, random: () => number): Map<number, number[]> {
  const machine = openMachine({ program, input, fuel: PLENTY });
  const found = new Map<number, number[]>();
  const starts = Array.from({ length: WINDOWS }, () => Math.floor(random() * steps)).sort((a, b) => a - b);
  for (const start of [0, ...starts, Math.max(0, steps - WINDOW_STEPS)]) {
    const seen = new Set<number>();
    if (start > machine.step()) machine.runTo(start);
    for (let count = 0; count < WINDOW_STEPS && machine.step() < steps; count++) {
      const opcode = program.code[machine.registers().pc * INSTRUCTION] ?? 0;
      const list = found.get(opcode) ?? [];
      if (!seen.has(opcode)) {
        list.push(machine.step());
        seen.add(opcode);
      }
      found.set(opcode, list);
      machine.runTo(machine.step() + 1);
    }
  }
  for (const [opcode, list] of found) {
    const every = Math.max(1, list.length / MOST_OF_AN_OPCODE);
    found.set(
      opcode,
      list.filter((_, index) => Math.floor(index / every) !== Math.floor((index - 1) / every)),
    );
  }
  return found;
}

/** Samples of a run, and for each opcode that it has a place where one stands. */
export function sampleRun(run: Run, random: () => number): { samples: Sample[]; places: Map<number, Place> } {
  const replay = openReplay({ ...run, fuel: PLENTY });
  const { steps } = replay.end();
  const places = new Map<number, Place>();
  const samples = [...findSteps(run, steps, random)].flatMap(([opcode, list]) =>
    list.map((step): Sample => {
      const [stateHash, witness] = [replay.stateHashAt(step), replay.witnessAt(step)];
      places.set(opcode, { ...run, snapshot: replay.snapshotAt(step) });
      return {
        opcode,
        claim: { fixed: replay.fixed, stateHash, witness },
        next: replay.stateHashAt(step + 1),
      };
    }),
  );
  return { samples, places };
}

/** The step from a place if another opcode stood there. */
export function replaceOpcode({ program, input, snapshot }: Place, opcode: number): Sample {
  const code = program.code.slice();
  code[snapshot.registers.pc * INSTRUCTION] = opcode;
  return sampleOf({ program: { ...program, code }, input, snapshot }, opcode);
}

/** The step from a place. */
export function sampleOf({ program, input, snapshot }: Place, opcode: number): Sample {
  const trees = createStateTrees({ program, input });
  const claim = {
    ...{ fixed: trees.fixed, stateHash: trees.hash(snapshot), witness: buildWitness(trees, snapshot) },
  };
  return { opcode, claim, next: verifyStep(claim) };
}
