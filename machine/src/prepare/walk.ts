import { ByteReader, malformed } from "../byte-reader.ts";
import { notNumeric } from "../wasm/decode-types.ts";
import { FC, MEMORY, nanEffect, NUMERIC, OP, SATURATING } from "../wasm/opcodes.ts";
import { invalid, overLimit, unsupported } from "../wasm/refuse.ts";
import { F32, F64, FUNCREF, I32, I64, UNKNOWN } from "../wasm/types.ts";
import type { FunctionType } from "../wasm/types.ts";
import { walkBulk } from "./bulk.ts";
import { MAX_FRAME, newFrame } from "./frame.ts";
import type { Frame } from "./frame.ts";
import { FloatLocals } from "./float-locals.ts";
import { FunctionInstrumenter, NATIVE } from "./instrument.ts";
import type { Intrinsic } from "./intrinsics.ts";
import type { Layout } from "./layout.ts";
import type { LinkedFunction, UsedFeature } from "./link.ts";
import { FunctionLowering, RETURN } from "./lower.ts";
import type { LoweredFunction, Target } from "./lower.ts";
import { CLEAN, labelTypes, NEVER_NAN, Operands } from "./operands.ts";
import type { Control } from "./operands.ts";
import { Segments } from "./segments.ts";

const MAX_LOCALS = 50_000;
const BLOCK_TYPES_OF_VALUES = [I32, I64, F32, F64];

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

/** One walk over one function; bulk.ts takes part in it. */
export class FunctionWalk {
  readonly layout: Layout;
  readonly linked: LinkedFunction;
  readonly reader: ByteReader;
  readonly operands = new Operands();
  readonly frame: Frame;
  readonly segments = new Segments();
  readonly lower: FunctionLowering;
  readonly native: FunctionInstrumenter;
  /** The code that is read now can be reached, so it is written. */
  isLive = true;
  private readonly locals: number[];
  readonly floats: FloatLocals;
  private readonly isSet: Uint8Array;
  private readonly trail: number[] = [];
  private readonly unset = new Set<number>();
  /** Where the instruction that is read now begins. */
  at = 0;
  /** What the last br led out of or back to, if nothing live came after it. */
  private lastJump: Control["kind"] | undefined;

  constructor(layout: Layout, linked: LinkedFunction, earlier: FloatLocals | undefined) {
    const { scope, type } = linked;
    const body = scope.module.bodies[linked.body];
    if (body === undefined) throw new Error(`There is no body ${linked.body}.`);
    this.layout = layout;
    this.linked = linked;
    this.reader = new ByteReader(scope.module.bytes, body.start, body.end);
    const declared = this.readLocals(type.params.length);
    this.locals = [...type.params];
    if (type.results.length > 1) this.uses("multi-value");
    for (const [count, local] of declared)
      for (let index = 0; index < count; index++) this.locals.push(local);
    this.floats = new FloatLocals(this.locals, type.params.length, earlier);
    this.frame = newFrame(type, this.locals.length - type.params.length);
    this.lower = new FunctionLowering(this.frame, this.segments);
    this.native = new FunctionInstrumenter(type.params.length, declared);
    this.isSet = new Uint8Array(this.locals.length).fill(1, 0, type.params.length);
  }

  private readLocals(params: number): [number, number][] {
    const declared: [number, number][] = [];
    let total = params;
    for (let left = this.reader.count(); left > 0; left--) {
      const { offset } = this.reader;
      const count = this.reader.u32();
      const typeOffset = this.reader.offset;
      const type = this.reader.byte();
      total += count;
      if (total > MAX_LOCALS) throw malformed(`A function has more than ${MAX_LOCALS} locals.`, offset);
      if (type < F64 || type > I32) throw notNumeric(type, typeOffset);
      if (count > 0) declared.push([count, type]);
    }
    return declared;
  }

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

  private uses(feature: UsedFeature): void {
    this.linked.scope.features.add(feature);
  }

  private newControl(kind: Control["kind"], type: FunctionType): Control {
    return {
      ...{ kind, type, height: this.operands.height, isUnreachable: false, isLive: this.isLive },
      ...{ isTargeted: false, isTableTarget: false, label: -1, elseLabel: -1, trail: this.trail.length },
      ...{ segments: kind === "function" ? 0 : this.segments.depth, exits: [], skip: -1, at: this.at },
      ...{ floats: undefined, floatsAtIf: undefined },
    };
  }

  private step(op: number): void {
    if (NUMERIC[op] !== undefined && op < SATURATING) this.numeric(op);
    else if (MEMORY[op] !== undefined) this.memoryAccess(op);
    else if (op >= OP.i32Const && op <= OP.f64Const) this.constant(op);
    else if (op >= OP.localGet && op <= OP.localTee) this.localAccess(op);
    else this.other(op);
  }

  private other(op: number): void {
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

  // ---- values ----

  /** The place in the instrumented body behind what was just written, as a value's origin. */
  private computed(): number {
    return this.native.out.length + 1;
  }

  /** Makes canonical what is `depth` below the top of the stack, if it is a computed float. */
  canonicalise(depth = 0): void {
    const { types, origins } = this.operands;
    const index = types.length - 1 - depth;
    const origin = origins[index] ?? CLEAN;
    if (origin <= CLEAN || !this.isLive) return;
    this.native.canonicalise(types[index] ?? 0, origin - 1);
    origins[index] = CLEAN;
  }

  /** The same for the upmost `count` values. */
  canonicaliseTop(count: number): void {
    for (let depth = 0; depth < count; depth++) this.canonicalise(depth);
  }

  private numeric(op: number): void {
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

  private available(): number {
    return this.operands.height - this.operands.control.height;
  }

  private constant(op: number): void {
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

  /** Copies the instruction that was just read. */
  copyInstruction(): void {
    if (this.isLive) this.native.copy(this.reader.bytes.subarray(this.at, this.reader.offset));
  }

  private localAccess(op: number): void {
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
  private originOf(local: number): number {
    if (this.floats.isComputed(local)) return this.computed();
    return this.floats.isNeverNan(local) ? NEVER_NAN : CLEAN;
  }

  private getLocal(local: number): void {
    if (this.isSet[local] === 0) this.unset.add(local);
    this.lower.localGet(local);
    this.native.local(OP.localGet, local);
  }

  private select(expected: number): void {
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

  private readSelectType(): number {
    const count = this.reader.count();
    if (count !== 1) throw invalid("select takes one type", this.at);
    const { offset } = this.reader;
    const type = this.reader.byte();
    if (!BLOCK_TYPES_OF_VALUES.includes(type)) throw notNumeric(type, offset);
    return type;
  }

  private globalAccess(op: number, index: number): void {
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

  /** Reads or writes a linked global in both forms. */
  linkedGlobal(op: number, linked: number): void {
    const slot = this.layout.globalsFirst + linked;
    if (op === OP.globalGet) this.lower.globalGet(slot);
    else this.lower.globalSet(slot);
    this.native.global(op, linked);
  }

  private tableAccess(op: number, table: number): void {
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

  // ---- memory ----

  requireMemory(): void {
    if (this.linked.scope.module.memory === undefined) throw invalid("there is no memory", this.at);
  }

  private memoryAccess(op: number): void {
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

  private memorySize(op: number): void {
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

  private prefixed(sub: number): void {
    if (sub <= 7) this.numeric(SATURATING + sub);
    else if (sub <= FC.tableCopy) {
      this.uses("bulk-memory");
      walkBulk(this, sub);
    } else if (sub <= 17)
      throw unsupported("reference-types", "table.grow, table.size or table.fill", this.at);
    else throw malformed(`There is no instruction 0xFC ${sub}.`, this.at);
  }

  // ---- calls ----

  private call(index: number): void {
    const { scope } = this.linked;
    const typeIndex = scope.module.functions[index];
    const type = scope.module.types[typeIndex ?? -1];
    if (type === undefined) throw invalid(`there is no function ${index}`, this.at);
    this.prepareArguments(type);
    if (this.isLive) {
      const target = this.layout.linker.functionAt(scope, index);
      if (target.kind === "function") this.emitCall(target);
      else this.intrinsic(target);
    }
    this.operands.pushAll(type.results);
  }

  private prepareArguments(type: FunctionType): void {
    this.canonicaliseTop(Math.min(type.params.length, this.available()));
    this.operands.popAll(type.params, this.at);
  }

  /** Calls a function whose arguments are the topmost values of the lowering's stack, and no more of the operands'. */
  emitCall({ index, type }: LinkedFunction): void {
    this.native.call(index, this.frame.base + this.lower.height - type.params.length);
    this.lower.call(index, type);
  }

  /** Calls a library's function by its name. */
  callLibrary(name: string): void {
    this.emitCall(this.layout.linker.named(name));
  }

  private intrinsic({ kind, op, space }: Intrinsic): void {
    const { lower, native } = this;
    if (kind === "load") lower.load(op, space, 0);
    else if (kind === "store") lower.store(op, space, 0);
    else if (kind === "fuel") lower.fuel();
    else if (kind === "inputLength") lower.inputLength();
    else if (kind === "grow") lower.memoryGrow();
    else lower.halt();
    if (kind === "load" || kind === "store") native.memoryAccess(op, { align: 0, offset: 0, space });
    else if (kind === "fuel") native.indexed(OP.globalGet, 0);
    else if (kind === "inputLength") native.inputLength();
    else native.callNative(kind === "grow" ? NATIVE.grow : NATIVE.halt);
  }

  private callIndirect(): void {
    const { reader, operands, layout } = this;
    const typeIndex = reader.u32();
    const table = reader.u32();
    const { module } = this.linked.scope;
    if (module.table === undefined || table > 0) throw invalid(`there is no table ${table}`, this.at);
    const type = module.types[typeIndex];
    if (type === undefined) throw invalid(`there is no type ${typeIndex}`, this.at);
    operands.pop(I32, this.at);
    this.prepareArguments(type);
    if (this.isLive) {
      const typeId = layout.linker.typeId(type);
      const shift = this.frame.base + this.lower.height - 1 - type.params.length;
      this.native.callIndirect(layout.nativeTypes.function(type), shift);
      this.lower.callIndirect(typeId, type, layout.tables[0]?.length ?? 0);
    }
    operands.pushAll(type.results);
  }

  // ---- control ----

  /** What follows cannot be reached, up to the end of the present control. */
  private die(): void {
    this.operands.setUnreachable();
    this.isLive = false;
    this.lastJump = undefined;
  }

  private readBlockType(): FunctionType {
    const { reader } = this;
    const { offset } = reader;
    const encoded = reader.s33();
    if (encoded === -64) return { params: [], results: [] };
    if (encoded < 0) {
      const type = encoded + 128;
      if (!BLOCK_TYPES_OF_VALUES.includes(type)) throw notNumeric(type, offset);
      return { params: [], results: [type] };
    }
    const type = this.linked.scope.module.types[encoded];
    if (type === undefined) throw invalid(`there is no type ${encoded}`, offset);
    if (type.params.length > 0 || type.results.length > 1) this.uses("multi-value");
    return type;
  }

  private begin(op: number): void {
    const { operands, lower, native } = this;
    const type = this.readBlockType();
    if (op === OP.if) operands.pop(I32, this.at);
    this.canonicaliseTop(Math.min(type.params.length, this.available()));
    operands.popAll(type.params, this.at);
    const kind = op === OP.block ? "block" : op === OP.loop ? "loop" : "if";
    const control = this.newControl(kind, type);
    operands.controls.push(control);
    operands.pushAll(type.params);
    if (!this.isLive) return;
    native.op(op);
    native.blockType(this.layout.nativeTypes.block(type));
    control.label = lower.newLabel();
    if (op === OP.if) {
      control.elseLabel = lower.newLabel();
      control.skip = lower.beginIf(control.elseLabel);
      control.floatsAtIf = this.floats.here();
      this.charge();
      return;
    }
    lower.beginBlock();
    if (op !== OP.loop) return;
    this.floats.beginLoop(this.at);
    lower.place(control.label);
    this.charge();
  }

  /** Begins a segment here. */
  private charge(): void {
    this.native.charge(this.lower.beginSegment(), this.operands.controls.length - 1);
  }

  /** Checks the end of a control's code against its results. */
  private checkResults({ type, height }: Control): void {
    const { operands } = this;
    this.canonicaliseTop(Math.min(type.results.length, this.available()));
    operands.popAll(type.results, this.at);
    if (operands.height !== height) throw invalid("values are left over at the end of a block", this.at);
  }

  private otherwise(): void {
    const { operands, lower, native } = this;
    const { control } = operands;
    if (control.kind !== "if") throw invalid("an else stands without its if", this.at);
    this.checkResults(control);
    control.kind = "else";
    control.isUnreachable = false;
    this.forget(control.trail);
    operands.pushAll(control.type.params);
    if (!control.isLive) return;
    if (this.isLive) {
      lower.jump({ label: control.label, height: control.height, arity: control.type.results.length });
      control.isTargeted = true;
      control.floats = this.floats.join(control.floats, this.floats.here());
    }
    lower.endBlock(control.height, control.type.params.length, false);
    this.isLive = true;
    this.floats.resume(control.floatsAtIf);
    this.segments.closeTo(control.segments, "branch");
    native.op(OP.else);
    lower.place(control.elseLabel);
    this.charge();
  }

  private end(): void {
    const { operands, lower, native } = this;
    const { control } = operands;
    this.checkResults(control);
    const { kind, type, height } = control;
    if (kind === "if" && type.params.join() !== type.results.join())
      throw invalid("an if without else has results", this.at);
    operands.controls.pop();
    operands.pushAll(type.results);
    if (!control.isLive) return;
    if (kind === "function") {
      if (this.isLive) {
        lower.ret(type);
        native.op(OP.return);
      }
      native.end();
      return;
    }
    const isJoin = control.isTargeted && kind !== "loop";
    const isReached = this.isLive || isJoin || kind === "if";
    // A block that nobody jumps out of, and a loop, were gone through: what they set is set.
    if (isJoin || kind === "if" || kind === "else") this.forget(control.trail);
    lower.endBlock(height, type.results.length, this.isLive);
    this.closeSegments(control);
    this.joinFloats(control);
    if (kind !== "loop") {
      this.segments.land(control.exits);
      lower.place(control.label);
    }
    if (kind === "if") lower.place(control.elseLabel);
    native.op(OP.end);
    this.isLive = isReached;
    if (!isReached) native.op(OP.unreachable);
    else if (control.isTableTarget && kind !== "loop") this.charge();
  }

  /** Ends the segments of a control; the branch of an `if` that goes round a loop is paid for before, and given back where it is not taken. */
  private closeSegments({ kind, segments, skip }: Control): void {
    if (kind !== "if") {
      this.segments.closeTo(segments, kind === "else" ? "branch" : "other");
      return;
    }
    const isHot = !this.isLive && this.lastJump === "loop";
    const closed = this.segments.closeTo(segments, isHot ? "paidBefore" : "branch");
    if (closed === undefined) return;
    const exit = this.segments.skip(closed);
    this.lower.giveBack(skip, exit);
    this.native.refundElse(exit);
  }

  /** What float locals hold behind a control. */
  private joinFloats({ kind, floats, floatsAtIf }: Control): void {
    if (kind === "loop") return;
    const fallen = this.isLive ? this.floats.here() : undefined;
    const skipped = kind === "if" ? floatsAtIf : undefined;
    this.floats.resume(this.floats.join(this.floats.join(floats, fallen), skipped));
  }

  /** Forgets which locals were set since then. */
  private forget(trail: number): void {
    for (const local of this.trail.splice(trail)) this.isSet[local] = 0;
  }

  private targetOf(control: Control): Target {
    control.isTargeted = true;
    if (control.kind === "loop") this.floats.continueLoop(control.at);
    else control.floats = this.floats.join(control.floats, this.floats.here());
    return { label: control.label, height: control.height, arity: labelTypes(control).length };
  }

  /** Notes that the instruction `at` leaves code out, up to the control's label. */
  private exitBy(at: number, control: Control): number {
    const exit = this.segments.exit(control.segments);
    control.exits.push(exit);
    this.lower.giveBack(at, exit);
    return exit;
  }

  private branch(depth: number): void {
    const control = this.operands.target(depth, this.at);
    const types = labelTypes(control);
    this.canonicaliseTop(Math.min(types.length, this.available()));
    this.operands.popAll(types, this.at);
    if (this.isLive) {
      const at =
        control.kind === "function" ? this.lower.ret(control.type) : this.lower.jump(this.targetOf(control));
      this.native.refund(this.exitBy(at, control));
      this.native.indexed(OP.br, this.nativeDepth(depth));
    }
    this.die();
    this.lastJump = control.kind;
  }

  private branchIf(depth: number): void {
    const { operands, lower, native } = this;
    const control = operands.target(depth, this.at);
    const types = labelTypes(control);
    operands.pop(I32, this.at);
    this.canonicaliseTop(Math.min(types.length, this.available()));
    operands.popAll(types, this.at);
    if (this.isLive) {
      const at =
        control.kind === "function" ? lower.returnIf(control.type) : lower.jumpIf(this.targetOf(control));
      const blockType = this.layout.nativeTypes.block({ params: types, results: types });
      native.branchIf(this.exitBy(at, control), this.nativeDepth(depth), blockType);
    }
    operands.pushAll(types);
  }

  private branchTable(): void {
    const { operands, reader, lower } = this;
    const depths: number[] = [];
    for (let left = reader.count() + 1; left > 0; left--) depths.push(reader.u32());
    operands.pop(I32, this.at);
    const arity = labelTypes(operands.target(depths.at(-1) ?? 0, this.at)).length;
    this.canonicaliseTop(Math.min(arity, this.available()));
    const [types, origins] = [[...operands.types], [...operands.origins]];
    for (const depth of depths) {
      const expected = labelTypes(operands.target(depth, this.at));
      if (expected.length !== arity) throw invalid("the targets of a table take different values", this.at);
      operands.types.splice(0, operands.types.length, ...types);
      operands.origins.splice(0, operands.origins.length, ...origins);
      operands.popAll(expected, this.at);
    }
    if (this.isLive) {
      lower.jumpTable(
        depths.map((depth) => {
          const control = operands.target(depth, this.at);
          if (control.kind === "function") return { label: RETURN, height: 0, arity };
          control.isTableTarget = true;
          return this.targetOf(control);
        }),
        this.linked.type,
      );
      this.native.op(OP.brTable);
      this.native.out.u32(depths.length - 1);
      for (const depth of depths) this.native.out.u32(this.nativeDepth(depth));
    }
    this.die();
  }

  /** The instrumented body stands in a block of its own; a jump to the function's label leaves that too. */
  private nativeDepth(depth: number): number {
    return depth === this.operands.controls.length - 1 ? depth + 1 : depth;
  }

  private return(): void {
    const { type } = this.linked;
    this.canonicaliseTop(Math.min(type.results.length, this.available()));
    this.operands.popAll(type.results, this.at);
    if (this.isLive) {
      const at = this.lower.ret(type);
      const [outermost] = this.operands.controls;
      if (outermost !== undefined) this.native.refund(this.exitBy(at, outermost));
      this.native.op(OP.return);
    }
    this.die();
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
