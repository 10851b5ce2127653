import { F32, F64, I32, I64 } from "./types.ts";
import type { FunctionType } from "./types.ts";

/** Opcodes of the binary format that are named in this package; docs/machine.md uses the same numbers for its own. */
export const OP = {
  unreachable: 0x00,
  nop: 0x01,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  drop: 0x1a,
  select: 0x1b,
  selectTyped: 0x1c,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  tableGet: 0x25,
  tableSet: 0x26,
  memorySize: 0x3f,
  memoryGrow: 0x40,
  i32Const: 0x41,
  i64Const: 0x42,
  f32Const: 0x43,
  f64Const: 0x44,
  i32Eqz: 0x45,
  i64Eqz: 0x50,
  i64LtS: 0x53,
  i32GtU: 0x4b,
  i32Add: 0x6a,
  i64Sub: 0x7d,
  i64Add: 0x7c,
  f32Eq: 0x5b,
  f64Eq: 0x61,
  i32ReinterpretF32: 0xbc,
  i64ReinterpretF64: 0xbd,
  i32Extend8S: 0xc0,
  prefixFc: 0xfc,
} as const;

/** Subopcodes of the prefix 0xFC that are bulk operations; 0 to 7 are the saturating conversions. */
export const FC = {
  memoryInit: 8,
  dataDrop: 9,
  memoryCopy: 10,
  memoryFill: 11,
  tableInit: 12,
  elemDrop: 13,
  tableCopy: 14,
} as const;

/** The machine's opcodes for the saturating conversions follow this one. */
export const SATURATING = 0xd0;

const ii = [I32, I32];
const II = [I64, I64];
const ff = [F32, F32];
const FF = [F64, F64];

/** First and last opcode, operands, result. */
const NUMERIC_RANGES: [number, number, number[], number][] = [
  [0x45, 0x45, [I32], I32],
  [0x46, 0x4f, ii, I32],
  [0x50, 0x50, [I64], I32],
  [0x51, 0x5a, II, I32],
  [0x5b, 0x60, ff, I32],
  [0x61, 0x66, FF, I32],
  [0x67, 0x69, [I32], I32],
  [0x6a, 0x78, ii, I32],
  [0x79, 0x7b, [I64], I64],
  [0x7c, 0x8a, II, I64],
  [0x8b, 0x91, [F32], F32],
  [0x92, 0x98, ff, F32],
  [0x99, 0x9f, [F64], F64],
  [0xa0, 0xa6, FF, F64],
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
  [SATURATING, SATURATING + 1, [F32], I32],
  [SATURATING + 2, SATURATING + 3, [F64], I32],
  [SATURATING + 4, SATURATING + 5, [F32], I64],
  [SATURATING + 6, SATURATING + 7, [F64], I64],
];

/** Operands and result of each numeric instruction, by the machine's opcode. */
export const NUMERIC: readonly (FunctionType | undefined)[] = (() => {
  const table: (FunctionType | undefined)[] = Array.from({ length: 256 }, () => undefined);
  for (const [first, last, params, result] of NUMERIC_RANGES)
    for (let op = first; op <= last; op++) table[op] = { params, results: [result] };
  return table;
})();

/** What a float instruction does with the bits of a NaN. */
export type NanEffect = "none" | "makes" | "looks" | "never";

/** `makes`: gives a NaN of whatever bits; `looks`: its result depends on an operand's bits; `never`: gives no NaN. */
export function nanEffect(op: number): NanEffect {
  const isBitwise = [0x8b, 0x8c, 0x98, 0x99, 0x9a, 0xa6, 0xbc, 0xbd].includes(op);
  if (isBitwise) return "looks";
  if ((op >= 0x8d && op <= 0xa5) || op === 0xb6 || op === 0xbb) return "makes";
  if (op >= 0xb2 && op <= 0xba) return "never";
  return "none";
}

/** One load or store: its value's type and the binary logarithm of its size in bytes. */
export interface MemoryAccess {
  type: number;
  sizeLog2: number;
  isLoad: boolean;
}

const ACCESSES: [number, number][] = [
  ...([
    [I32, 2],
    [I64, 3],
    [F32, 2],
    [F64, 3],
  ] as [number, number][]),
  ...([
    [I32, 0],
    [I32, 0],
    [I32, 1],
    [I32, 1],
  ] as [number, number][]),
  ...([
    [I64, 0],
    [I64, 0],
    [I64, 1],
    [I64, 1],
    [I64, 2],
    [I64, 2],
  ] as [number, number][]),
  ...([
    [I32, 2],
    [I64, 3],
    [F32, 2],
    [F64, 3],
  ] as [number, number][]),
  ...([
    [I32, 0],
    [I32, 1],
    [I64, 0],
    [I64, 1],
    [I64, 2],
  ] as [number, number][]),
];
const FIRST_ACCESS = 0x28;
const FIRST_STORE = 0x36;

/** Loads and stores by opcode. */
export const MEMORY: readonly (MemoryAccess | undefined)[] = Array.from({ length: 256 }, (_unused, op) => {
  const access = ACCESSES[op - FIRST_ACCESS];
  return access && { type: access[0], sizeLog2: access[1], isLoad: op < FIRST_STORE };
});
