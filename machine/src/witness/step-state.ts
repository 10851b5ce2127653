import type { Registers } from "../interpret/snapshot.ts";

/** Spaces by their number in a load's or store's flags. */
export const MEMORY = 0;
export const INPUT = 1;
export const OUTPUT = 2;
export const DATA = 3;

/** Gives a leaf of 32 bytes of a space; what is written into it is written to the space. */
export type LeafOf = (index: number) => Uint8Array;

/** What a step sees and changes. */
export interface StepState {
  registers: Registers;
  inLen: number;
  maxPages: number;
  code: LeafOf;
  slots: LeafOf;
  /** The spaces of loads and stores, by their number. */
  spaces: readonly LeafOf[];
}

/** An instruction's fields. */
export interface Instruction {
  opcode: number;
  flags: number;
  d: number;
  a: number;
  b: number;
  imm: bigint;
  lo: number;
  hi: number;
}

/** Reads the instruction at `pc`, which is one: below 2^20. */
export function instructionAt(code: LeafOf, pc: number): Instruction {
  const leaf = code(pc >>> 1);
  const view = new DataView(leaf.buffer, leaf.byteOffset + (pc % 2) * 16, 16);
  return {
    opcode: view.getUint8(0),
    flags: view.getUint8(1),
    d: view.getUint16(2, true),
    a: view.getUint16(4, true),
    b: view.getUint16(6, true),
    imm: view.getBigUint64(8, true),
    lo: view.getUint32(8, true),
    hi: view.getUint32(12, true),
  };
}

/** The spaces that a load or store instruction may name; undefined if it is none. */
export function spacesOf(opcode: number): readonly number[] | undefined {
  if (opcode >= 0x28 && opcode <= 0x35) return [MEMORY, INPUT, OUTPUT, DATA];
  return opcode >= 0x36 && opcode <= 0x3e ? [MEMORY, OUTPUT] : undefined;
}
