/** The interpreter, the state's trees and witnesses, on machine code written by hand. */
import { createStateTrees, openMachine, openReplay, verifyStep } from "@millrace/machine";
import type { Program, Snapshot } from "@millrace/machine";
import { OP, programOf } from "../../../machine/test/interpret/assemble.ts";
import type { Instruction } from "../../../machine/test/interpret/assemble.ts";

const NO_INPUT = new Uint8Array(0);
const ENDLESS_FUEL = 2n ** 62n;
const PAGES = 64;

/** xorshift over a table of 4 MiB. */
const i32Loop: Instruction[] = [
  { op: OP.CONST, d: 1, imm: 12345n },
  { op: OP.CHARGE, lo: 13 },
  { op: 0x74, flags: 1, d: 2, a: 1, lo: 13 },
  { op: 0x73, d: 1, a: 1, b: 2 },
  { op: 0x76, flags: 1, d: 2, a: 1, lo: 17 },
  { op: 0x73, d: 1, a: 1, b: 2 },
  { op: 0x74, flags: 1, d: 2, a: 1, lo: 5 },
  { op: 0x73, d: 1, a: 1, b: 2 },
  { op: 0x71, flags: 1, d: 3, a: 1, lo: 0x3ffffc },
  { op: 0x28, d: 4, a: 3 },
  { op: 0x6a, d: 4, a: 4, b: 1 },
  { op: 0x36, a: 3, b: 4 },
  { op: 0x6a, flags: 1, d: 5, a: 5, lo: 1 },
  { op: OP.JMP, lo: 1 },
];
/** A 64-bit mix over a table of 256 KiB. */
const i64Loop: Instruction[] = [
  { op: OP.CONST, d: 1, imm: 0x1234567n },
  { op: OP.CONST, d: 7, imm: 0x9e3779b97f4a7c15n },
  { op: OP.CHARGE, lo: 12 },
  { op: 0x7c, d: 1, a: 1, b: 7 },
  { op: 0x89, flags: 1, d: 2, a: 1, imm: 29n },
  { op: 0x85, d: 2, a: 2, b: 1 },
  { op: 0x7e, d: 2, a: 2, b: 7 },
  { op: 0x7c, d: 3, a: 3, b: 2 },
  { op: 0x83, flags: 1, d: 4, a: 2, imm: 0x3ffff8n },
  { op: 0x29, d: 5, a: 4 },
  { op: 0x7c, d: 5, a: 5, b: 3 },
  { op: 0x37, a: 4, b: 5 },
  { op: 0x7c, flags: 1, d: 6, a: 6, imm: 1n },
  { op: OP.JNZ, a: 6, lo: 2 },
];
const programFor = (code: Instruction[]): Program => programOf(code, { pages: PAGES, maxPages: PAGES });

/** The best of three runs: the first one also has the slow code that V8 begins with. */
function stepsPerSecond(code: Instruction[]): number {
  const machine = openMachine({ program: programFor(code), input: NO_INPUT, fuel: ENDLESS_FUEL });
  const steps = 10 ** 8;
  const seconds = [1, 2, 3].map((turn) => {
    const started = performance.now();
    machine.runTo(turn * steps);
    return (performance.now() - started) / 1000;
  });
  return Math.round(steps / Math.min(...seconds));
}

/** Milliseconds for the root of a memory of 4 MiB without a zero byte; the best of five. */
function rootOf4MiBMs(): number {
  const program = programFor([]);
  const bytes = new Uint8Array(PAGES * 2 ** 16).map((_, index) => (index % 251) + 1);
  const machine = openMachine({
    program: { ...program, segments: [{ offset: 0, bytes }] },
    input: NO_INPUT,
    fuel: 0n,
  });
  const snapshot: Snapshot = machine.snapshot();
  const times = [1, 2, 3, 4, 5].map(() => {
    const trees = createStateTrees({ program, input: NO_INPUT });
    const started = performance.now();
    trees.memory.update(snapshot.memory);
    return performance.now() - started;
  });
  return Math.round(Math.min(...times));
}

/** Seconds from the program to a verified witness of one step of a run of 10⁹ steps, the run itself included. */
function witnessSeconds(): number {
  const steps = 10 ** 9;
  const started = performance.now();
  // 10⁹ steps are 1 + 76,923,076 turns of 13: the fuel ends then.
  const fuel = BigInt(Math.floor(steps / 13)) * 13n;
  const replay = openReplay({ program: programFor(i32Loop), input: NO_INPUT, fuel });
  const end = replay.end();
  const step = Math.floor(end.steps * 0.7);
  const stateHash = replay.stateHashAt(step);
  verifyStep({ fixed: replay.fixed, stateHash, witness: replay.witnessAt(step) });
  return Math.round((performance.now() - started) / 100) / 10;
}

/**
 * `stepsPerSecond`: the slower one of a 32-bit and a 64-bit loop; `rootOf4MiBMs`: the Merkle root of 4 MiB; `witnessSeconds`:
 * a run of 10⁹ steps and a verified witness of one of them.
 */
export function measureInterpreter(): Record<"stepsPerSecond" | "rootOf4MiBMs" | "witnessSeconds", number> {
  return {
    stepsPerSecond: Math.min(stepsPerSecond(i32Loop), stepsPerSecond(i64Loop)),
    rootOf4MiBMs: rootOf4MiBMs(),
    witnessSeconds: witnessSeconds(),
  };
}
