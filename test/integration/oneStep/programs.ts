import { OP } from "../../../machine/test/interpret/assemble.ts";
import type { Instruction } from "../../../machine/test/interpret/assemble.ts";

/** Small programs in which calls, tables, loops, memory, input, output and data come up. */
export const programs: Instruction[][] = [
  [
    { op: OP.CONST, d: 1, imm: 3n },
    { op: OP.CHARGE, lo: 4 },
    { op: 0x28, flags: 2, d: 2, a: 1, lo: 30 },
    { op: 0x37, flags: 4, a: 1, b: 2, lo: 26 },
    { op: 0x6b, flags: 1, d: 1, a: 1, lo: 1 },
    { op: OP.JNZ, a: 1, lo: 1 },
    { op: OP.HALT, a: 2, b: 1 },
  ],
  // a function that calls itself down from 5, each time with a store that crosses two leaves
  [
    { op: OP.CALL, a: 4, d: 1, lo: 2 },
    { op: OP.HALT, a: 3, b: 3 },
    { op: OP.ENTER, lo: 9, hi: 12 },
    { op: 0x29, flags: 6, d: 2, a: 0, lo: 28 },
    { op: 0x37, flags: 0, a: 0, b: 2, lo: 93 },
    { op: OP.MOV, d: 4, a: 0 },
    { op: 0x6a, flags: 1, d: 4, a: 4, lo: 1 },
    { op: 0x48, flags: 1, d: 3, a: 4, lo: 5 },
    { op: OP.JZ, a: 3, lo: 10 },
    { op: OP.CALL, a: 4, d: 1, lo: 2 },
    { op: OP.RET, a: 1 },
  ],
  // tables, globals, the memory's size, a jump table, then out of fuel
  [
    { op: OP.ENTER, lo: 2, hi: 8 },
    { op: OP.TSET, a: 3, b: 1, lo: 40, hi: 4 },
    { op: OP.TGET, d: 5, a: 3, lo: 40, hi: 4 },
    { op: OP.GSET, a: 5, lo: 90 },
    { op: OP.GGET, d: 6, lo: 90 },
    { op: OP.MEMSIZE, d: 7 },
    { op: OP.MEMGROW, d: 8, a: 7 },
    { op: OP.MEMGROW, d: 8, a: 7 },
    { op: OP.FUEL, d: 9 },
    { op: OP.INLEN, d: 10 },
    { op: OP.SELECT, d: 11, a: 9, b: 10, lo: 7 },
    { op: OP.REFUND, lo: 3 },
    { op: OP.BRTABLE, a: 7, lo: 1 },
    { op: OP.TRAP },
    { op: OP.CHARGE, lo: 500 },
    { op: OP.JMP, lo: 0 },
  ],
];

/** One instruction of each class. */
export const classes: Instruction[] = [
  { op: OP.TRAP },
  { op: OP.JNZ, a: 0, lo: 3 },
  { op: OP.CALL, d: 1, a: 10, lo: 1 },
  { op: OP.SELECT, d: 1, a: 9, b: 17, lo: 30 },
  { op: 0x7e, d: 2, a: 0, b: 1 },
  { op: 0xa3, d: 2, a: 0, b: 3 },
  ...[0, 2, 4, 6].map((flags) => ({ op: 0x29, flags, d: 1, a: 0, lo: 18 })),
  ...[0, 4].map((flags) => ({ op: 0x37, flags, a: 0, b: 1, lo: 22 })),
];
