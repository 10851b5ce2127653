import { malformed } from "../byte-reader.ts";
import { notNumeric } from "../wasm/decode-types.ts";
import { FC, MEMORY, nanEffect, NUMERIC, OP, SATURATING } from "../wasm/opcodes.ts";
import { invalid, unsupported } from "../wasm/refuse.ts";
import { F32, F64, FUNCREF, I32, I64, UNKNOWN } from "../wasm/types.ts";
import { walkBulk } from "./bulk.ts";
import { CLEAN, NEVER_NAN } from "./operands.ts";
import { WalkBase } from "./walk-base.ts";

const NUMBERS = [I32, I64, F32, F64];

/** Walks instructions that leave control flow alone. */
export abstract class WalkValues extends WalkBase {
  protected numeric(op: number): void {
    const { operands } = this;
    if (op >= OP.i32Extend8S) this.uses(op < SATURATING ? "sign-extension" : "non-trapping-float-to-int");
    const type = NUMERIC[op] ?? { params: [], results: [] };
    const effect = nanEffect(op);
    if (effect === "looks") this.canonicaliseTop(Math.min(type.params.length, this.available()));
    operands.popAll(type.params, this.at);
    if (this.isLive) {
      if (type.params.length === 1) this.lower.unary(op);
      else this.lower.binary(op);
      if (op < SATURATING) this.native.op(op);
      else this.native.copy(Uint8Array.of(OP.prefixFc, op - SATURATING));
    }
    const origin = effect === "makes" ? this.computed() : effect === "never" ? NEVER_NAN : CLEAN;
    operands.push(type.results[0] ?? UNKNOWN, origin);
  }

  protected constant(op: number): void {
    const { reader, operands } = this;
    let origin = CLEAN;
    if (op === OP.i32Const) {
      const value = reader.s32();
      if (this.isLive) this.lower.constant(value, 0);
      operands.push(I32);
    } else if (op === OP.i64Const) {
      const value = reader.s64();
      if (this.isLive) this.lower.constant(Number(value & 0xffffffffn), Number((value >> 32n) & 0xffffffffn));
      operands.push(I64);
    } else {
      const bytes = reader.slice(op === OP.f32Const ? 4 : 8);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const [lo, hi] = [view.getUint32(0, true), op === OP.f32Const ? 0 : view.getUint32(4, true)];
      const value = op === OP.f32Const ? view.getFloat32(0, true) : view.getFloat64(0, true);
      if (!Number.isNaN(value)) origin = NEVER_NAN;
      if (this.isLive) this.lower.constant(lo, hi);
      operands.push(op === OP.f32Const ? F32 : F64, origin);
    }
    this.copyInstruction();
  }

  protected localAccess(op: number): void {
    const local = this.reader.u32();
    const type = this.locals[local];
    if (type === undefined) throw invalid(`there is no local ${local}`, this.at);
    const { operands, floats } = this;
    if (op === OP.localGet) {
      if (this.isLive) this.getLocal(local);
      operands.push(type, this.originOf(local));
      return;
    }
    if (floats.isKeptCanonical(local) && this.available() > 0) this.canonicalise();
    const origin = this.available() > 0 ? (operands.origins.at(-1) ?? CLEAN) : CLEAN;
    operands.pop(type, this.at);
    if (op === OP.localTee) operands.push(type);
    if (!this.isLive) return;
    floats.set(local, { isComputed: origin > CLEAN, isNeverNan: origin === NEVER_NAN });
    if (op === OP.localTee) this.lower.localTee(local);
    else this.lower.localSet(local);
    this.native.local(op, local);
    if (op === OP.localTee) operands.origins[operands.height - 1] = this.originOf(local);
    if (this.isSet[local] === 1) return;
    this.isSet[local] = 1;
    this.trail.push(local);
  }

  /** The origin of a value that was just read from a local. */
  protected originOf(local: number): number {
    if (this.floats.isComputed(local)) return this.computed();
    return this.floats.isNeverNan(local) ? NEVER_NAN : CLEAN;
  }

  protected select(expected: number): void {
    const { operands, at } = this;
    operands.pop(I32, at);
    const [secondOrigin, firstOrigin] = [operands.origins.at(-1) ?? CLEAN, operands.origins.at(-2) ?? CLEAN];
    const isMixed =
      Math.max(firstOrigin, secondOrigin) > CLEAN && Math.min(firstOrigin, secondOrigin) === CLEAN;
    if (isMixed && this.available() >= 2) this.canonicaliseTop(2);
    const second = operands.pop(expected, at);
    const first = operands.pop(expected === UNKNOWN ? second : expected, at);
    const type = first === UNKNOWN ? second : first;
    if (type === FUNCREF) throw invalid("select without a type takes no references", at);
    if (this.isLive) {
      this.lower.select();
      this.native.op(OP.select);
    }
    const isComputed = !isMixed && Math.max(firstOrigin, secondOrigin) > CLEAN;
    operands.push(
      type,
      isComputed ? this.computed() : Math.max(firstOrigin, secondOrigin) === NEVER_NAN ? NEVER_NAN : CLEAN,
    );
  }

  protected readSelectType(): number {
    const count = this.reader.count();
    if (count !== 1) throw invalid("select takes one type", this.at);
    const { offset } = this.reader;
    const type = this.reader.byte();
    if (!NUMBERS.includes(type)) throw notNumeric(type, offset);
    return type;
  }

  protected globalAccess(op: number, index: number): void {
    const { scope } = this.linked;
    const global = scope.module.globals[index];
    if (global === undefined) throw invalid(`there is no global ${index}`, this.at);
    if (op === OP.globalGet) this.operands.push(global.type);
    else {
      if (!global.isMutable) throw invalid(`the global ${index} does not change`, this.at);
      this.canonicalise();
      this.operands.pop(global.type, this.at);
    }
    if (!this.isLive) return;
    this.linkedGlobal(op, this.layout.linker.globalAt(scope, index));
  }

  protected tableAccess(op: number, table: number): void {
    if (this.linked.scope.kind !== "internal")
      throw unsupported("reference-types", op === OP.tableGet ? "table.get" : "table.set", this.at);
    const { operands } = this;
    const { first, length } = this.layout.tables[table] ?? { first: 0, length: 0 };
    if (op === OP.tableSet) operands.pop(FUNCREF, this.at);
    operands.pop(I32, this.at);
    if (op === OP.tableGet) operands.push(FUNCREF);
    if (!this.isLive) return;
    if (op === OP.tableGet) this.lower.tableGet(first, length);
    else this.lower.tableSet(first, length);
    this.native.indexed(op, table);
  }

  protected memoryAccess(op: number): void {
    const { reader, operands } = this;
    const access = MEMORY[op] ?? { type: I32, sizeLog2: 0, isLoad: true };
    const align = reader.u32();
    if ((align & 0x40) !== 0) throw unsupported("multi-memory", "another memory than the first", this.at);
    const offset = reader.u32();
    this.requireMemory();
    if (align > access.sizeLog2) throw invalid("an alignment is larger than natural", this.at);
    if (!access.isLoad) {
      this.canonicalise();
      operands.pop(access.type, this.at);
    }
    operands.pop(I32, this.at);
    if (access.isLoad) operands.push(access.type);
    if (!this.isLive) return;
    if (access.isLoad) this.lower.load(op, 0, offset);
    else this.lower.store(op, 0, offset);
    this.native.memoryAccess(op, { align, offset, space: 0 });
  }

  protected memorySize(op: number): void {
    const { reader, operands } = this;
    const { offset } = reader;
    if (reader.byte() !== 0) throw malformed(`The memory at offset ${offset} is not 0.`, offset);
    this.requireMemory();
    if (op === OP.memoryGrow) {
      operands.pop(I32, this.at);
      operands.push(I32);
      if (this.isLive) this.callLibrary("millrace.memory_grow");
      return;
    }
    operands.push(I32);
    if (!this.isLive) return;
    this.lower.memorySize();
    this.copyInstruction();
  }

  protected prefixed(sub: number): void {
    if (sub <= 7) this.numeric(SATURATING + sub);
    else if (sub <= FC.tableCopy) {
      this.uses("bulk-memory");
      walkBulk(this, sub);
    } else if (sub <= 17)
      throw unsupported("reference-types", "table.grow, table.size or table.fill", this.at);
    else throw malformed(`There is no instruction 0xFC ${sub}.`, this.at);
  }
}
