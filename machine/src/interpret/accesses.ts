import { I32, I64, access, at, get, i32, i64, op, set } from "../encode/instructions.ts";
import type { Code } from "../encode/instructions.ts";
import { extended, load, local, low64, read, sumToX, trapIf, write } from "./emit.ts";
import type { Place } from "./emit.ts";
import { CHUNK, DATA, DATA_LENGTH, DIRTY, INPUT, MEMORY, OUTPUT, OUTPUT_LENGTH, state } from "./layout.ts";
import { loadSizes, storeSizes } from "./numeric.ts";
import { uses } from "./operation.ts";
import type { Operation } from "./operation.ts";
import { status } from "../status.ts";

/** A space by its number in flags bits 1–2: where it is kept and how long it is. */
const spaces = [
  { space: 0, base: MEMORY, length: load(state.memoryBytes, I64), writable: true },
  { space: 1, base: INPUT, length: load(state.inLen, I64), writable: false },
  { space: 2, base: OUTPUT, length: i64(OUTPUT_LENGTH), writable: true },
  { space: 3, base: DATA, length: i64(DATA_LENGTH), writable: false },
];

/** Puts the address into t, or traps if `size` bytes do not lie within the space. */
const addressToT = (length: Code, size: number, place: Place): Code => [
  trapIf(
    [sumToX(extended(read("a", I32)), low64), length, i64(size), op.i64Sub, op.i64GtS],
    status.memoryOutOfBounds,
    place,
  ),
  [get(local.x), op.i32WrapI64, set(local.t)],
];

/** Notes that the chunk of the address `distance` behind t was touched. */
const touch = (base: number, distance: number): Code => [
  get(local.t),
  distance === 0 ? [] : [i32(distance), op.i32Add],
  i32(Math.log2(CHUNK)),
  op.i32ShrU,
  i32(1),
  at(access.i32Store8, DIRTY + base / CHUNK),
];

// A float is loaded as the integer of its size, so that nothing can change its bits.
const plain: Readonly<Record<number, number>> = { 0x2a: 0x28, 0x2b: 0x29, 0x38: 0x36, 0x39: 0x37 };
const giveI64 = (opcode: number): boolean => opcode === 0x29 || opcode === 0x2b || opcode >= 0x30;
const takeI64 = (opcode: number): boolean => [0x37, 0x39, 0x3c, 0x3d, 0x3e].includes(opcode);

function loadFrom(opcode: number, size: number): Operation[] {
  const type = giveI64(opcode) ? I64 : I32;
  return spaces.map(({ space, base, length }) => ({
    opcode,
    flags: space << 1,
    uses: uses.d | uses.a,
    emit: (place) => [
      addressToT(length, size, place),
      write([get(local.t), at(plain[opcode] ?? opcode, base)], type),
    ],
  }));
}

function storeTo(opcode: number, size: number): Operation[] {
  const type = takeI64(opcode) ? I64 : I32;
  return spaces
    .filter(({ writable }) => writable)
    .map(({ space, base, length }) => ({
      opcode,
      flags: space << 1,
      uses: uses.a | uses.b,
      emit: (place) => [
        addressToT(length, size, place),
        [get(local.t), read("b", type), at(plain[opcode] ?? opcode, base)],
        touch(base, 0),
        size === 1 ? [] : touch(base, size - 1),
      ],
    }));
}

const entries = (sizes: Readonly<Record<number, number>>): [number, number][] =>
  Object.entries(sizes).map(([opcode, size]) => [Number(opcode), size]);

/** Loads and stores in every space. */
export const accessOperations: readonly Operation[] = [
  ...entries(loadSizes).flatMap(([opcode, size]) => loadFrom(opcode, size)),
  ...entries(storeSizes).flatMap(([opcode, size]) => storeTo(opcode, size)),
];
