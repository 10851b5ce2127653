import { notNumeric } from "../wasm/decode-types.ts";
import { OP } from "../wasm/opcodes.ts";
import { invalid } from "../wasm/refuse.ts";
import { F32, F64, I32, I64 } from "../wasm/types.ts";
import type { FunctionType } from "../wasm/types.ts";
import { RETURN } from "./lower.ts";
import type { Target } from "./lower.ts";
import { labelTypes } from "./operands.ts";
import type { Control } from "./operands.ts";
import { WalkCalls } from "./walk-calls.ts";

const NUMBERS = [I32, I64, F32, F64];

/** Walks blocks, loops, branches and jumps. */
export abstract class WalkControl extends WalkCalls {
  protected readBlockType(): FunctionType {
    const { reader } = this;
    const { offset } = reader;
    const encoded = reader.s33();
    if (encoded === -64) return { params: [], results: [] };
    if (encoded < 0) {
      const type = encoded + 128;
      if (!NUMBERS.includes(type)) throw notNumeric(type, offset);
      return { params: [], results: [type] };
    }
    const type = this.linked.scope.module.types[encoded];
    if (type === undefined) throw invalid(`there is no type ${encoded}`, offset);
    if (type.params.length > 0 || type.results.length > 1) this.uses("multi-value");
    return type;
  }

  protected begin(op: number): void {
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
  protected charge(): void {
    this.native.charge(this.lower.beginSegment(), this.operands.controls.length - 1);
  }

  /** Checks the end of a control's code against its results. */
  protected checkResults({ type, height }: Control): void {
    const { operands } = this;
    this.canonicaliseTop(Math.min(type.results.length, this.available()));
    operands.popAll(type.results, this.at);
    if (operands.height !== height) throw invalid("values are left over at the end of a block", this.at);
  }

  protected otherwise(): void {
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

  protected end(): void {
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
    // What follows is paid for by itself where a br_table may lead here, or past here to the end of a control around this one.
    else if (kind !== "loop" && (control.isTableTarget || operands.controls.some((one) => one.isTableTarget)))
      this.charge();
  }

  /** Ends the segments of a control; the branch of an `if` that goes round a loop is paid for before, and given back where it is not taken. */
  protected closeSegments({ kind, segments, skip }: Control): void {
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
  protected joinFloats({ kind, floats, floatsAtIf }: Control): void {
    if (kind === "loop") return;
    const fallen = this.isLive ? this.floats.here() : undefined;
    const skipped = kind === "if" ? floatsAtIf : undefined;
    this.floats.resume(this.floats.join(this.floats.join(floats, fallen), skipped));
  }

  /** Forgets which locals were set since then. */
  protected forget(trail: number): void {
    for (const local of this.trail.splice(trail)) this.isSet[local] = 0;
  }

  protected targetOf(control: Control): Target {
    control.isTargeted = true;
    if (control.kind === "loop") this.floats.continueLoop(control.at);
    else control.floats = this.floats.join(control.floats, this.floats.here());
    return { label: control.label, height: control.height, arity: labelTypes(control).length };
  }

  /** Notes that the instruction `at` leaves code out, up to the control's label. */
  protected exitBy(at: number, control: Control): number {
    const exit = this.segments.exit(control.segments);
    control.exits.push(exit);
    this.lower.giveBack(at, exit);
    return exit;
  }

  protected branch(depth: number): void {
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

  protected branchIf(depth: number): void {
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

  protected branchTable(): void {
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
  protected nativeDepth(depth: number): number {
    return depth === this.operands.controls.length - 1 ? depth + 1 : depth;
  }

  protected return(): void {
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
