import { ByteWriter } from "../byte-writer.ts";
import { OP } from "../wasm/opcodes.ts";
import { F32, F64, I64, isFloat } from "../wasm/types.ts";
import { CONSTANT_OP } from "./intrinsics.ts";
import { SLOTS } from "./frame.ts";
import type { Frame } from "./frame.ts";

/** Functions that stand before all others in the instrumented module. */
export const NATIVE = { outOfFuel: 0, stackExhausted: 1, grow: 2, halt: 3, count: 4 } as const;
/** Globals that stand before all others in the instrumented module. */
export const NATIVE_GLOBAL = { fuel: 0, why: 1, exitCode: 2, outLen: 3, inputLength: 4, count: 5 } as const;

const VOID = 0x40;
const MEMORY_INDEX = 0x40;
const CANONICAL: Readonly<Record<number, number[]>> = {
  [F32]: [0x00, 0x00, 0xc0, 0x7f],
  [F64]: [0, 0, 0, 0, 0, 0, 0xf8, 0x7f],
};
const EQUAL: Readonly<Record<number, number>> = { [F32]: OP.f32Eq, [F64]: OP.f64Eq };

/** What goes between the bytes already written: a charge whose amount is known at the end, or a canonical NaN. */
interface Insertion {
  at: number;
  /** A charge point's number, or −1. */
  charge: number;
  /** A float type whose value is made canonical, or 0. */
  canonical: number;
}

/** Writes one function as V8 gets it: the user's instructions with charges, frame checks and canonical NaNs between them. */
export class FunctionInstrumenter {
  /** The body so far, without local declarations and insertions. */
  readonly out = new ByteWriter();
  private readonly insertions: Insertion[] = [];
  private readonly params: number;
  private readonly locals: readonly [number, number][];
  /** The local that holds the function's fp, and the scratch locals behind all others. */
  private readonly fp: number;
  private readonly scratch: number;

  /** `locals` are the declarations of the function's own locals: how many of which type. */
  constructor(params: number, locals: readonly [number, number][]) {
    this.params = params;
    this.locals = locals;
    this.fp = params;
    this.scratch = params + 1 + locals.reduce((sum, [count]) => sum + count, 0);
  }

  // ---- instructions ----

  op(opcode: number): void {
    this.out.byte(opcode);
  }

  /** Copies an instruction as it stands in its module. */
  copy(bytes: Uint8Array): void {
    this.out.bytes(bytes);
  }

  indexed(opcode: number, index: number): void {
    this.out.byte(opcode);
    this.out.u32(index);
  }

  local(opcode: number, local: number): void {
    this.indexed(opcode, local < this.params ? local : local + 1);
  }

  global(opcode: number, linked: number): void {
    this.indexed(opcode, NATIVE_GLOBAL.count + linked);
  }

  memoryAccess(opcode: number, { align, offset, space }: { align: number; offset: number; space: number }): void {
    this.out.byte(opcode);
    this.out.u32(space === 0 ? align : align | MEMORY_INDEX);
    if (space !== 0) this.out.u32(space);
    this.out.u32(offset);
  }

  /** The type of a block, as `NativeTypes.block` encodes it. */
  blockType(encoded: number): void {
    this.out.s32(encoded);
  }

  /** The size of the input: it is kept in a global, since the memory is larger. */
  inputLength(): void {
    this.indexed(OP.globalGet, NATIVE_GLOBAL.inputLength);
  }

  i32(value: number): void {
    this.out.byte(OP.i32Const);
    this.out.s32(value);
  }

  /** Pushes the fp of a callee and calls it. */
  call(linked: number, shift: number): void {
    this.calleeFrame(shift);
    this.indexed(OP.call, NATIVE.count + linked);
  }

  /** The index into the table is on top of the stack: the callee's fp has to go below it. */
  callIndirect(nativeType: number, shift: number): void {
    const index = this.scratch + 3;
    this.indexed(OP.localSet, index);
    this.calleeFrame(shift);
    this.indexed(OP.localGet, index);
    this.indexed(OP.callIndirect, nativeType);
    this.out.byte(0);
  }

  callNative(index: number): void {
    this.indexed(OP.call, index);
  }

  private calleeFrame(shift: number): void {
    this.indexed(OP.localGet, this.fp);
    this.i32(shift);
    this.op(OP.i32Add);
  }

  // ---- insertions ----

  /** Charges here what the lowering counts for the charge point. */
  charge(point: number): void {
    this.insertions.push({ at: this.out.length, charge: point, canonical: 0 });
  }

  /** Makes the float canonical that was on top of the stack when `at` bytes were written. */
  canonicalise(type: number, at: number): void {
    this.insertions.push({ at, charge: -1, canonical: type });
  }

  /** The whole body: declarations, the frame's check, and all insertions. */
  finish(frame: Frame, costs: readonly number[]): Uint8Array {
    const body = new ByteWriter(this.out.length * 2 + 64);
    const declarations = [...this.locals, [1, I64], [1, F32], [1, F64], [1, 0x7f]] as const;
    body.u32(declarations.length);
    for (const [count, type] of declarations) {
      body.u32(count);
      body.byte(type);
    }
    this.checkFrame(body, frame);
    this.insertions.sort((a, b) => a.at - b.at);
    const written = this.out.view();
    let position = 0;
    for (const { at, charge, canonical } of this.insertions) {
      body.bytes(written.subarray(position, at));
      position = at;
      if (isFloat(canonical)) this.writeCanonical(body, canonical);
      else this.writeCharge(body, costs[charge] ?? 0);
    }
    body.bytes(written.subarray(position));
    return body.view();
  }

  private checkFrame(body: ByteWriter, { need }: Frame): void {
    body.byte(OP.localGet);
    body.u32(this.fp);
    body.byte(OP.i32Const);
    body.s32(SLOTS - need);
    body.byte(OP.i32GtU);
    leaveBy(body, NATIVE.stackExhausted);
  }

  private writeCharge(body: ByteWriter, cost: number): void {
    body.bytes([OP.globalGet, NATIVE_GLOBAL.fuel, OP.i64Const]);
    body.s64(BigInt(cost));
    body.bytes([OP.i64Sub, OP.localTee]);
    body.u32(this.scratch);
    body.bytes([OP.globalSet, NATIVE_GLOBAL.fuel, OP.localGet]);
    body.u32(this.scratch);
    body.bytes([OP.i64Const, 0, OP.i64LtS]);
    leaveBy(body, NATIVE.outOfFuel);
  }

  private writeCanonical(body: ByteWriter, type: number): void {
    const local = this.scratch + (type === F32 ? 1 : 2);
    body.byte(OP.localTee);
    body.u32(local);
    body.byte(CONSTANT_OP[type] ?? 0);
    body.bytes(CANONICAL[type] ?? []);
    for (let twice = 0; twice < 2; twice++) {
      body.byte(OP.localGet);
      body.u32(local);
    }
    body.bytes([EQUAL[type] ?? 0, OP.select]);
  }
}

/** `if`: calls a function that does not return. */
function leaveBy(body: ByteWriter, index: number): void {
  body.bytes([OP.if, VOID, OP.call]);
  body.u32(index);
  body.bytes([OP.unreachable, OP.end]);
}
