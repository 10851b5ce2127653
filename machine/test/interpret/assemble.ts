import { openMachine } from "../../src/interpret/machine.ts";
import type { Machine } from "../../src/interpret/machine.ts";
import type { Program } from "../../src/program.ts";

/** An instruction; what is left out is 0. `imm` is 64 bits, signed or not; `lo` and `hi` are its halves instead. */
export interface Instruction {
  op: number;
  flags?: number;
  d?: number;
  a?: number;
  b?: number;
  imm?: bigint;
  lo?: number;
  hi?: number;
}

/** Opcodes by the names of docs/machine.md. */
export const OP = {
  TRAP: 0x00,
  ENTER: 0x01,
  CHARGE: 0x02,
  REFUND: 0x03,
  JZ: 0x04,
  HALT: 0x05,
  FUEL: 0x06,
  INLEN: 0x07,
  JMP: 0x0c,
  JNZ: 0x0d,
  BRTABLE: 0x0e,
  RET: 0x0f,
  CALL: 0x10,
  CALLI: 0x11,
  SELECT: 0x1b,
  MOV: 0x20,
  GGET: 0x23,
  GSET: 0x24,
  TGET: 0x25,
  TSET: 0x26,
  MEMSIZE: 0x3f,
  MEMGROW: 0x40,
  CONST: 0x41,
} as const;

/** The 16 bytes of each instruction. */
export function assemble(instructions: readonly Instruction[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(instructions.length * 16));
  instructions.forEach(({ op, flags = 0, d = 0, a = 0, b = 0, imm = 0n, lo, hi }, index) => {
    const at = index * 16;
    view.setUint8(at, op);
    view.setUint8(at + 1, flags);
    view.setUint16(at + 2, d, true);
    view.setUint16(at + 4, a, true);
    view.setUint16(at + 6, b, true);
    view.setBigUint64(at + 8, BigInt.asUintN(64, imm), true);
    if (lo !== undefined) view.setUint32(at + 8, lo, true);
    if (hi !== undefined) view.setUint32(at + 12, hi, true);
  });
  return new Uint8Array(view.buffer);
}

/** A program of the given code; slots from 0 on may be set. */
export function programOf(
  instructions: readonly Instruction[],
  { slots = [], ...rest }: Partial<Omit<Program, "slots" | "code">> & { slots?: readonly bigint[] } = {},
): Program {
  return {
    code: assemble(instructions),
    entryPc: 0,
    frameBase: 0,
    slots: new Uint8Array(BigUint64Array.from(slots.map((value) => BigInt.asUintN(64, value))).buffer),
    pages: 1,
    maxPages: 2,
    segments: [],
    data: new Uint8Array(0),
    exports: new Map(),
    exportedGlobals: new Map(),
    haltPc: 0,
    ...rest,
  };
}

/** A machine at the program's entry. */
export const open = (program: Program, fuel = 1_000_000n, input = new Uint8Array(0)): Machine =>
  openMachine({ program, input, fuel });
