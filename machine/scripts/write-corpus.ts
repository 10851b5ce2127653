/**
 * Writes machine/test/witness/corpus.json: steps with their witnesses and what follows, which verifyStep and the contract
 * are held to. The same at each run: nothing is drawn by chance. `--check` changes nothing and fails if the file is another.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { numericOperations } from "../src/interpret/numeric.ts";
import type { Registers, Snapshot } from "../src/interpret/snapshot.ts";
import { programOf } from "../test/interpret/assemble.ts";
import type { Instruction } from "../test/interpret/assemble.ts";
import { writeCorpus } from "../test/witness/corpus.ts";
import type { CorpusCase } from "../test/witness/corpus.ts";
import { edges } from "../test/witness/operands.ts";
import { createPair, data, input } from "../test/witness/pair.ts";

const target = new URL("../test/witness/corpus.json", import.meta.url);
const CHUNK = 4096;

/** Numbers that look like chance and are not: a linear congruential generator. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) >>> 8;
}

function stateOf(slots: readonly bigint[], registers: Partial<Registers>): Snapshot {
  const words = new BigUint64Array(CHUNK / 8);
  words.set(slots.map((value) => BigInt.asUintN(64, value)));
  const next = numbers(slots.length);
  const space = Uint8Array.from({ length: CHUNK }, () => next() & 0xff);
  const all: Registers = {
    ...{ status: 0, exitCode: 0, pc: 0, fp: 0, pages: 1, fuel: 1000n, outLen: 0 },
    ...registers,
  };
  return {
    ...{ step: 0, registers: all, leastFuel: all.fuel },
    ...{ slots: [new Uint8Array(words.buffer)], memory: [space], output: [space] },
  };
}

/** Every numeric instruction on the last edge (all bits set, or a NaN) and three pairs of edges, the last with a constant where there is room for one. */
function numericCases(): CorpusCase[] {
  const next = numbers(1);
  const pick = (values: readonly bigint[]): bigint => values[next() % values.length] ?? 0n;
  const given = numericOperations.flatMap(({ opcode, params }) => {
    const [first = 0x7f, second = first] = params;
    return [0, 1, 2, 3].map((index) => {
      const [a, b] =
        index === 0
          ? [edges[first].at(-1) ?? 0n, edges[second][2] ?? 0n]
          : [pick(edges[first]), pick(edges[second])];
      const at = { op: opcode, d: 2, a: 0 };
      const constant = index === 3 && params.length === 2;
      const instruction: Instruction = constant ? { ...at, flags: 1, imm: b } : { ...at, b: 1 };
      return { instruction, slots: [a, b, 77n] };
    });
  });
  const at = { d: 2, a: 0 };
  // Comparisons of the same; signs of all widths differ in the next; infinity by 0 and by the least number there is.
  for (let op = 0x46; op <= 0x66; op++)
    if (op !== 0x50) given.push({ instruction: { ...at, op, b: 1 }, slots: [5n, 5n, 77n] });
  for (const op of [0xa7, 0xac, 0xad, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4])
    given.push({ instruction: { ...at, op }, slots: [0x0123_4567_89ab_cdefn, 0n, 77n] });
  for (const [op, infinity] of [
    [0x94, 0x7f80_0000n],
    [0xa2, 0x7ff0_0000_0000_0000n],
  ] as const)
    for (const other of [0n, 1n])
      given.push({ instruction: { ...at, op, b: 1 }, slots: [infinity, other, 77n] });
  const { step } = createPair(programOf(given.map(({ instruction }) => instruction)));
  return given.map(({ slots }, pc) => {
    const { claim, after } = step(stateOf(slots, { pc }));
    return { claim, next: after };
  });
}

/** Every other opcode, and flags that most do not have, in states that are and are not in range. */
function otherCases(): CorpusCase[] {
  const others = Array.from({ length: 0x45 }, (_, op) => op).concat([0xc5, 0xcf, 0xd8, 0xff]);
  const instructions = others.flatMap((op): Instruction[] => {
    const at = { op, d: 3, a: 1, b: 2, lo: 29, hi: 4 };
    const isAccess = op >= 0x28 && op <= 0x3e;
    return (isAccess ? [0, 2, 4, 6] : [0, 1]).map((flags) => ({ ...at, flags }));
  });
  // Each operand alone behind the last slot.
  const lowest = { d: 3, a: 1, b: 2, lo: 29, hi: 4 };
  const outside = [
    0x05, 0x0e, 0x10, 0x11, 0x1b, 0x20, 0x23, 0x24, 0x25, 0x26, 0x28, 0x36, 0x40, 0x6a,
  ].flatMap((op) =>
    (["d", "a", "b", "lo"] as const).map((name): Instruction => ({ ...lowest, op, [name]: 60_000 })),
  );
  const first = instructions.length;
  const { step } = createPair(programOf([...instructions, ...outside], { data, pages: 1 }));
  const links = [0n, 1n, (9n << 32n) | 3n, 2n ** 63n];
  const far = [
    { fp: 2 ** 17 - 2 },
    // ENTER with the last slots there are, and with one too few
    { pc: 2, fp: 2 ** 17 - 4 },
    { pc: 2, fp: 2 ** 17 - 3 },
    { pc: 2 ** 20 },
    { pc: 2 ** 32 - 1 },
    { fp: 2 ** 32 - 1 },
    { fuel: 0n },
    { status: 3 },
  ];
  // The last bytes of each space, and behind them.
  const ends = instructions.flatMap(({ op, flags, lo = 0 }, pc) => {
    const end = [65_536, input.length, 2 ** 25, 2 ** 24][(flags ?? 0) >> 1] ?? 0;
    if (![0x28, 0x2c, 0x36, 0x3a].includes(op)) return [];
    return [4, 3, 1, 0].map((before) => stateOf([0n, BigInt(end - lo - before), 5n], { pc }));
  });
  const states = [
    ...ends,
    ...instructions.map((_, pc) => stateOf(links, { pc })),
    ...outside.map((_, index) => stateOf(links, { pc: first + index, fp: 2 ** 17 - 50_000 })),
    ...far.map((registers) => stateOf(links, { pc: 3, ...registers })),
  ];
  return states.map((state) => {
    const { claim, after } = step(state);
    return { claim, next: after };
  });
}

const text = writeCorpus([numericCases(), otherCases()].flat());
if (!process.argv.includes("--check")) writeFileSync(target, text);
else if (readFileSync(target, "utf8") !== text) {
  console.error("machine/test/witness/corpus.json is out of date. Run: node machine/scripts/write-corpus.ts");
  process.exitCode = 1;
}
