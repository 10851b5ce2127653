import { ByteWriter } from "../encode/byte-writer.ts";
import { OP } from "../wasm/opcodes.ts";
import { F32, F64, I32, I64 } from "../wasm/types.ts";
import { CONSTANT_OP } from "./intrinsics.ts";
import { SLOTS } from "./frame.ts";
import type { Frame } from "./frame.ts";
import type { Segments } from "./segments.ts";

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

/** What goes between the bytes already written and is known only at the end. */
type Insertion = { at: number } &
  /** `depth` controls around it lie within the body's block. */
  (
    | { kind: "charge"; segment: number; depth: number }
    | { kind: "canonical"; type: number }
    | { kind: "refund"; exit: number }
    | { kind: "refundElse"; exit: number }
    /** A br_if; `blockType` takes and leaves what the label takes. */
    | { kind: "brIf"; exit: number; depth: number; blockType: number }
  );

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

  memoryAccess(
    opcode: number,
    { align, offset, space }: { align: number; offset: number; space: number },
  ): void {
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
    this.readFuel();
  }

  /** A callee has used fuel. */
  private readFuel(): void {
    this.indexed(OP.globalGet, NATIVE_GLOBAL.fuel);
    this.indexed(OP.localSet, this.scratch);
  }

  /** The index into the table is on top of the stack: the callee's fp has to go below it. */
  callIndirect(nativeType: number, shift: number): void {
    const index = this.scratch + 3;
    this.indexed(OP.localSet, index);
    this.calleeFrame(shift);
    this.indexed(OP.localGet, index);
    this.indexed(OP.callIndirect, nativeType);
    this.out.byte(0);
    this.readFuel();
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

  /** Charges here for a segment. */
  charge(segment: number, depth: number): void {
    this.insertions.push({ at: this.out.length, kind: "charge", segment, depth });
  }

  /** Makes the float canonical that was on top of the stack when `at` bytes were written. */
  canonicalise(type: number, at: number): void {
    this.insertions.push({ at, kind: "canonical", type });
  }

  /** Gives back here what the exit leaves out; a jump or a return follows. */
  refund(exit: number): void {
    this.insertions.push({ at: this.out.length, kind: "refund", exit });
  }

  /** Ends here the branch of an `if` and gives back, in another one, what the exit leaves out. */
  refundElse(exit: number): void {
    this.insertions.push({ at: this.out.length, kind: "refundElse", exit });
  }

  /** Ends the body's block: behind it stands where charges lead that find too little fuel. */
  end(): void {
    this.out.bytes([OP.end, OP.call, NATIVE.outOfFuel, OP.unreachable, OP.end]);
  }

  /** A br_if that gives back what it leaves out if it jumps. */
  branchIf(exit: number, depth: number, blockType: number): void {
    this.insertions.push({ at: this.out.length, kind: "brIf", exit, depth, blockType });
  }

  /** The whole body: declarations, the frame's check, and all insertions. */
  finish(frame: Frame, segments: Segments): Uint8Array {
    const body = new ByteWriter(this.out.length * 2 + 64);
    const declarations = [...this.locals, [1, I64], [1, F32], [1, F64], [1, I32]] as const;
    body.u32(declarations.length);
    for (const [count, type] of declarations) {
      body.u32(count);
      body.byte(type);
    }
    this.checkFrame(body, frame);
    body.bytes([OP.block, VOID]);
    this.insertions.sort((a, b) => a.at - b.at);
    const written = this.out.view();
    let position = 0;
    for (const insertion of this.insertions) {
      body.bytes(written.subarray(position, insertion.at));
      position = insertion.at;
      this.insert(body, insertion, segments);
    }
    body.bytes(written.subarray(position));
    return body.view();
  }

  private insert(body: ByteWriter, insertion: Insertion, segments: Segments): void {
    switch (insertion.kind) {
      case "canonical":
        this.writeCanonical(body, insertion.type);
        break;
      case "charge":
        this.writeCharge(body, segments.charge(insertion.segment), insertion.depth);
        break;
      case "refund":
        this.writeRefund(body, segments.refund(insertion.exit));
        break;
      case "refundElse":
        if (segments.refund(insertion.exit) === 0) break;
        body.byte(OP.else);
        this.writeRefund(body, segments.refund(insertion.exit));
        break;
      case "brIf": {
        const refund = segments.refund(insertion.exit);
        if (refund > 0) {
          body.byte(OP.if);
          body.s32(insertion.blockType);
          this.writeRefund(body, refund);
        }
        body.byte(refund > 0 ? OP.br : OP.brIf);
        body.u32(insertion.depth + (refund > 0 ? 1 : 0));
        if (refund > 0) body.byte(OP.end);
      }
    }
  }

  private checkFrame(body: ByteWriter, { need }: Frame): void {
    body.byte(OP.localGet);
    body.u32(this.fp);
    body.byte(OP.i32Const);
    body.s32(SLOTS - need);
    body.byte(OP.i32GtU);
    leaveBy(body, NATIVE.stackExhausted);
    body.bytes([OP.globalGet, NATIVE_GLOBAL.fuel, OP.localSet]);
    body.u32(this.scratch);
  }

  private writeCharge(body: ByteWriter, cost: number, depth: number): void {
    if (cost === 0) return;
    this.changeFuel(body, OP.i64Sub, cost);
    body.byte(OP.localGet);
    body.u32(this.scratch);
    body.bytes([OP.i64Const, 0, OP.i64LtS, OP.brIf]);
    body.u32(depth);
  }

  private writeRefund(body: ByteWriter, refund: number): void {
    if (refund > 0) this.changeFuel(body, OP.i64Add, refund);
  }

  /** Fuel is counted in a local and stored, never loaded again before a call returns: no turn of a loop waits for the last one's store. */
  private changeFuel(body: ByteWriter, op: number, amount: number): void {
    body.byte(OP.localGet);
    body.u32(this.scratch);
    body.byte(OP.i64Const);
    body.s64(BigInt(amount));
    body.bytes([op, OP.localTee]);
    body.u32(this.scratch);
    body.bytes([OP.globalSet, NATIVE_GLOBAL.fuel]);
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
