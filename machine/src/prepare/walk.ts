import { malformed } from "../byte-reader.ts";
import { MEMORY, NUMERIC, OP, SATURATING } from "../wasm/opcodes.ts";
import { overLimit, unsupported } from "../wasm/refuse.ts";
import { UNKNOWN } from "../wasm/types.ts";
import { MAX_FRAME } from "./frame.ts";
import type { FloatLocals } from "./float-locals.ts";
import type { Layout } from "./layout.ts";
import type { LinkedFunction } from "./link.ts";
import type { LoweredFunction } from "./lowered-code.ts";
import { WalkControl } from "./walk-control.ts";

/** A function in both of its forms. */
export interface WalkedFunction {
  lowered: LoweredFunction;
  /** Local declarations and code, as V8 gets it. */
  body: Uint8Array;
}

/**
 * Validates a function and writes its two forms in one walk.
 * @throws MachineError `invalid`, `malformed`, `truncated`, `unsupported-feature`, `limit`
 */
export function walkFunction(layout: Layout, linked: LinkedFunction): WalkedFunction {
  let earlier: FloatLocals | undefined;
  for (let walks = 1; ; walks++) {
    const walk = new FunctionWalk(layout, linked, earlier);
    const walked = walk.run();
    if (!walk.floats.needsAnother(walks)) return walked;
    earlier = walk.floats;
  }
}

/** One walk over one function. */
class FunctionWalk extends WalkControl {
  run(): WalkedFunction {
    const { reader, operands, linked } = this;
    operands.controls.push(this.newControl("function", linked.type));
    this.native.charge(0, 0);
    while (operands.controls.length > 0) {
      this.at = reader.offset;
      this.step(reader.byte());
    }
    if (!reader.atEnd()) throw malformed("A function's code goes on behind its end.", reader.offset);
    if (this.frame.need > MAX_FRAME)
      throw overLimit(`a function needs ${this.frame.need} slots, at most ${MAX_FRAME} fit`, this.at);
    const lowered = this.lower.finish([...this.unset].sort((a, b) => a - b));
    return { lowered, body: this.native.finish(this.frame, this.segments) };
  }

  protected step(op: number): void {
    if (NUMERIC[op] !== undefined && op < SATURATING) this.numeric(op);
    else if (MEMORY[op] !== undefined) this.memoryAccess(op);
    else if (op >= OP.i32Const && op <= OP.f64Const) this.constant(op);
    else if (op >= OP.localGet && op <= OP.localTee) this.localAccess(op);
    else this.other(op);
  }

  protected other(op: number): void {
    const { reader, operands } = this;
    switch (op) {
      case OP.unreachable:
        if (this.isLive) {
          this.lower.trap();
          this.native.op(op);
        }
        this.die();
        break;
      case OP.nop:
        break;
      case OP.block:
      case OP.loop:
      case OP.if:
        this.begin(op);
        break;
      case OP.else:
        this.otherwise();
        break;
      case OP.end:
        this.end();
        break;
      case OP.br:
        this.branch(reader.u32());
        break;
      case OP.brIf:
        this.branchIf(reader.u32());
        break;
      case OP.brTable:
        this.branchTable();
        break;
      case OP.return:
        this.return();
        break;
      case OP.call:
        this.call(reader.u32());
        break;
      case OP.callIndirect:
        this.callIndirect();
        break;
      case OP.drop:
        operands.pop(UNKNOWN, this.at);
        if (this.isLive) {
          this.lower.drop();
          this.native.op(op);
        }
        break;
      case OP.select:
        this.select(UNKNOWN);
        break;
      case OP.selectTyped:
        this.select(this.readSelectType());
        break;
      case OP.globalGet:
      case OP.globalSet:
        this.globalAccess(op, reader.u32());
        break;
      case OP.tableGet:
      case OP.tableSet:
        this.tableAccess(op, reader.u32());
        break;
      case OP.memorySize:
      case OP.memoryGrow:
        this.memorySize(op);
        break;
      case OP.prefixFc:
        this.prefixed(reader.u32());
        break;
      default:
        throw refused(op, this.at);
    }
  }
}

function refused(op: number, offset: number): Error {
  if (op === 0xfd) return unsupported("simd", "a vector instruction", offset);
  if (op === 0xfe) return unsupported("threads", "an atomic instruction", offset);
  if (op === 0xfb) return unsupported("gc", "an instruction on garbage-collected objects", offset);
  if (op >= 0xd0 && op <= 0xd2) return unsupported("reference-types", "an instruction on references", offset);
  if (op >= 0xd3 && op <= 0xd6)
    return unsupported("typed-function-references", "an instruction on references", offset);
  if (op === 0x12 || op === 0x13) return unsupported("tail-calls", "a tail call", offset);
  if (op === 0x14 || op === 0x15) return unsupported("typed-function-references", "call_ref", offset);
  if ((op >= 0x06 && op <= 0x0a) || op === 0x18 || op === 0x19 || op === 0x1f)
    return unsupported("exceptions", "an instruction of exceptions", offset);
  return malformed(`There is no opcode 0x${op.toString(16)} at offset ${offset}.`, offset);
}
