/** Steps whose gas is measured: of runs of the examples, and some that no example has. */
import { openMachine } from "../../../machine/src/interpret/machine.ts";
import type { Chunks, Snapshot } from "../../../machine/src/interpret/snapshot.ts";
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

function sampleOf({ program, input, snapshot }: Place, opcode: number): Sample {
  const trees = createStateTrees({ program, input });
  const claim = {
    ...{ fixed: trees.fixed, stateHash: trees.hash(snapshot), witness: buildWitness(trees, snapshot) },
  };
  return { opcode, claim, next: verifyStep(claim) };
}

const MOST_PAGES = 16_384;
const CHUNK = 4096;
const full = new Uint8Array(CHUNK).fill(0xa5);
const chunks = (bytes: number): Chunks => new Array<Uint8Array>(bytes / CHUNK).fill(full);

/**
 * The dearest step that anybody can write: full trees, operands as far apart as they get, and a store over the middle of
 * the largest memory that a manifest allows (1,024 MiB). The other is a SELECT: of what touches slots alone, the dearest.
 */
export function worstSteps(): { store: Sample; select: Sample } {
  const code = new Uint8Array(2 ** 24).fill(0xa5);
  const pc = 2 ** 19;
  const view = new DataView(code.buffer, pc * INSTRUCTION);
  const program = (write: () => void): Program => {
    view.setBigUint64(0, 0n);
    view.setBigUint64(8, 0n);
    write();
    return {
      ...{ code: code.slice(), entryPc: 0, frameBase: 0, slots: new Uint8Array(0), pages: MOST_PAGES },
      ...{ maxPages: MOST_PAGES, segments: [], data: new Uint8Array(0), exports: new Map() },
      ...{ exportedGlobals: new Map(), haltPc: 0 },
    };
  };
  const stateOf = (fp: number): Snapshot => ({
    ...{
      step: 0,
      leastFuel: 0n,
      slots: chunks(2 ** 20),
      memory: chunks(MOST_PAGES * 65_536),
      output: [full],
    },
    registers: {
      ...{ status: 0, exitCode: 0, pc, fp, pages: MOST_PAGES, fuel: 0xa5a5a5a5a5a5a5a5n, outLen: 0 },
    },
  });
  // its slots stand on both sides of the middle of all
  const store = program(() => {
    view.setUint16(0, 0x3700);
    view.setUint16(4, 40_000, true);
    view.setUint16(6, 20_000, true);
  });
  const middle = stateOf(2 ** 15);
  // i64.store's first four bytes lie below the middle of the memory
  const address = full.slice();
  new DataView(address.buffer).setBigUint64(
    ((2 ** 15 + 40_000) % 512) * 8,
    BigInt(MOST_PAGES * 32_768 - 4),
    true,
  );
  const slots = [...middle.slots];
  slots[(2 ** 15 + 40_000) >> 9] = address;
  const select = program(() => {
    view.setUint16(0, 0x1b00);
    // one slot in the first quarter, the second, and two in the third
    view.setUint16(2, 0, true);
    view.setUint16(4, 20_000, true);
    view.setUint16(6, 40_000, true);
    view.setUint32(8, 60_000, true);
  });
  const input = new Uint8Array(0);
  const at = stateOf(2 ** 15 - 8);
  return {
    store: sampleOf({ program: store, input, snapshot: { ...middle, slots } }, 0x37),
    select: sampleOf({ program: select, input, snapshot: { ...at, memory: [full] } }, 0x1b),
  };
}
