import { ByteReader, malformed } from "../byte-reader.ts";
import { notNumeric } from "../wasm/decode-types.ts";
import { OP } from "../wasm/opcodes.ts";
import { invalid } from "../wasm/refuse.ts";
import { F64, I32 } from "../wasm/types.ts";
import type { FunctionType } from "../wasm/types.ts";
import { newFrame } from "./frame.ts";
import type { Frame } from "./frame.ts";
import { FloatLocals } from "./float-locals.ts";
import { FunctionInstrumenter } from "./instrument.ts";
import type { Layout } from "./layout.ts";
import type { LinkedFunction, UsedFeature } from "./link.ts";
import { FunctionLowering } from "./lower.ts";
import { CLEAN, Operands } from "./operands.ts";
import type { Control } from "./operands.ts";
import { Segments } from "./segments.ts";

const MAX_LOCALS = 50_000;

/** The state of one walk over one function, and what all of its parts share. */
export abstract class WalkBase {
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
  protected readonly locals: number[];
  readonly floats: FloatLocals;
  protected readonly isSet: Uint8Array;
  protected readonly trail: number[] = [];
  protected readonly unset = new Set<number>();
  /** Where the instruction that is read now begins. */
  at = 0;
  /** What the last br led out of or back to, if nothing live came after it. */
  protected lastJump: Control["kind"] | undefined;

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

  protected readLocals(params: number): [number, number][] {
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

  protected uses(feature: UsedFeature): void {
    this.linked.scope.features.add(feature);
  }

  protected newControl(kind: Control["kind"], type: FunctionType): Control {
    return {
      ...{ kind, type, height: this.operands.height, isUnreachable: false, isLive: this.isLive },
      ...{ isTargeted: false, isTableTarget: false, label: -1, elseLabel: -1, trail: this.trail.length },
      ...{ segments: kind === "function" ? 0 : this.segments.depth, exits: [], skip: -1, at: this.at },
      ...{ floats: undefined, floatsAtIf: undefined },
    };
  }

  /** The place in the instrumented body behind what was just written, as a value's origin. */
  protected computed(): number {
    return this.native.out.length + 1;
  }

  protected available(): number {
    return this.operands.height - this.operands.control.height;
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

  /** Copies the instruction that was just read. */
  copyInstruction(): void {
    if (this.isLive) this.native.copy(this.reader.bytes.subarray(this.at, this.reader.offset));
  }

  /** What follows cannot be reached, up to the end of the present control. */
  protected die(): void {
    this.operands.setUnreachable();
    this.isLive = false;
    this.lastJump = undefined;
  }

  requireMemory(): void {
    if (this.linked.scope.module.memory === undefined) throw invalid("there is no memory", this.at);
  }

  /** Reads or writes a linked global in both forms. */
  linkedGlobal(op: number, linked: number): void {
    const slot = this.layout.globalsFirst + linked;
    if (op === OP.globalGet) this.lower.globalGet(slot);
    else this.lower.globalSet(slot);
    this.native.global(op, linked);
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

  protected getLocal(local: number): void {
    if (this.isSet[local] === 0) this.unset.add(local);
    this.lower.localGet(local);
    this.native.local(OP.localGet, local);
  }
}
