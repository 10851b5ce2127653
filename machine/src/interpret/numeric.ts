import { F32, F64, I32, I64 } from "../encode/instructions.ts";
import type { ValueType } from "../encode/instructions.ts";

/** How a numeric instruction can trap. */
type Trap = "divide" | "divideSigned" | "truncate";

/** A numeric instruction: what it takes from its slots and gives. */
export interface NumericOperation {
  opcode: number;
  params: readonly ValueType[];
  result: ValueType;
  /** Its result can be a NaN that it computed, which is made canonical. */
  computesNan: boolean;
  trap?: Trap;
}

type Range = readonly [first: number, last: number, params: readonly ValueType[], result: ValueType];

// In the order of the WebAssembly specification's table of instructions.
const ranges: readonly Range[] = [
  [0x45, 0x45, [I32], I32],
  [0x46, 0x4f, [I32, I32], I32],
  [0x50, 0x50, [I64], I32],
  [0x51, 0x5a, [I64, I64], I32],
  [0x5b, 0x60, [F32, F32], I32],
  [0x61, 0x66, [F64, F64], I32],
  [0x67, 0x69, [I32], I32],
  [0x6a, 0x78, [I32, I32], I32],
  [0x79, 0x7b, [I64], I64],
  [0x7c, 0x8a, [I64, I64], I64],
  [0x8b, 0x91, [F32], F32],
  [0x92, 0x98, [F32, F32], F32],
  [0x99, 0x9f, [F64], F64],
  [0xa0, 0xa6, [F64, F64], F64],
  [0xa7, 0xa7, [I64], I32],
  [0xa8, 0xa9, [F32], I32],
  [0xaa, 0xab, [F64], I32],
  [0xac, 0xad, [I32], I64],
  [0xae, 0xaf, [F32], I64],
  [0xb0, 0xb1, [F64], I64],
  [0xb2, 0xb3, [I32], F32],
  [0xb4, 0xb5, [I64], F32],
  [0xb6, 0xb6, [F64], F32],
  [0xb7, 0xb8, [I32], F64],
  [0xb9, 0xba, [I64], F64],
  [0xbb, 0xbb, [F32], F64],
  [0xbc, 0xbc, [F32], I32],
  [0xbd, 0xbd, [F64], I64],
  [0xbe, 0xbe, [I32], F32],
  [0xbf, 0xbf, [I64], F64],
  [0xc0, 0xc1, [I32], I32],
  [0xc2, 0xc4, [I64], I64],
  // trunc_sat, 0xFC 0 to 7 in WebAssembly
  [0xd0, 0xd1, [F32], I32],
  [0xd2, 0xd3, [F64], I32],
  [0xd4, 0xd5, [F32], I64],
  [0xd6, 0xd7, [F64], I64],
];

/** The first opcode of the saturating truncations; WebAssembly numbers them from 0 behind its prefix 0xFC. */
export const FIRST_SATURATING = 0xd0;

const isFloat = (type: ValueType | undefined): boolean => type === F32 || type === F64;
const within = (opcode: number, first: number, last: number): boolean => first <= opcode && opcode <= last;

function computesNan(opcode: number, params: readonly ValueType[], result: ValueType): boolean {
  if (!isFloat(result) || !isFloat(params[0])) return false;
  // abs, neg and copysign keep the bits they are given
  return ![0x8b, 0x8c, 0x98, 0x99, 0x9a, 0xa6].includes(opcode);
}

function trapOf(opcode: number): { trap?: Trap } {
  if (opcode === 0x6d || opcode === 0x7f) return { trap: "divideSigned" };
  if (within(opcode, 0x6e, 0x70) || within(opcode, 0x80, 0x82)) return { trap: "divide" };
  if (within(opcode, 0xa8, 0xab) || within(opcode, 0xae, 0xb1)) return { trap: "truncate" };
  return {};
}

/** Every numeric instruction of the machine (docs/machine.md, 0x45–0xC4 and 0xD0–0xD7). */
export const numericOperations: readonly NumericOperation[] = ranges.flatMap(
  ([first, last, params, result]) =>
    Array.from({ length: last - first + 1 }, (_, index) => {
      const opcode = first + index;
      return { opcode, params, result, computesNan: computesNan(opcode, params, result), ...trapOf(opcode) };
    }),
);

/** Loads and stores: bytes in memory; loads give all 64 bits of the slot, stores take the low bytes of it. */
export const loadSizes: Readonly<Record<number, number>> = {
  0x28: 4,
  0x29: 8,
  0x2a: 4,
  0x2b: 8,
  0x2c: 1,
  0x2d: 1,
  0x2e: 2,
  0x2f: 2,
  0x30: 1,
  0x31: 1,
  0x32: 2,
  0x33: 2,
  0x34: 4,
  0x35: 4,
};
export const storeSizes: Readonly<Record<number, number>> = {
  0x36: 4,
  0x37: 8,
  0x38: 4,
  0x39: 8,
  0x3a: 1,
  0x3b: 2,
  0x3c: 1,
  0x3d: 2,
  0x3e: 4,
};
