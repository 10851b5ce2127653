import { OP } from "../wasm/opcodes.ts";
import type { FunctionType } from "../wasm/types.ts";
import { M } from "./lowered-code.ts";
import { CONSTANT, LOCAL, OWN } from "./lowering-stack.ts";
import { LoweringValues } from "./lowering-values.ts";

/** The label of a jump that returns from the function. */
export const RETURN = -1;

/** Where a label goes: its number, the height of the operands below its values, and how many values it takes. */
export interface Target {
  label: number;
  height: number;
  arity: number;
}

/**
 * Lowers one function. Its methods follow the instructions as they are validated; operands stay where they are (a local, a constant)
 * until they are used, so that most instructions of the stack machine vanish.
 */
export class FunctionLowering extends LoweringValues {
  /** Begins a block: what is on the stack goes to its place, since control flow may come back to here. */
  beginBlock(): void {
    this.settleBelow(this.kinds.length);
    this.producer = -1;
  }

  /** Begins an `if`: jumps to the label when the top of the stack is 0. */
  beginIf(label: number): number {
    this.settleBelow(this.kinds.length - 1);
    return this.jumpOn(M.jz, label);
  }

  private jumpOn(op: number, label: number): number {
    const { producer } = this;
    const isEqz = producer !== -1 && ((this.words[producer * 4] ?? 0) & 0xffff) === OP.i32Eqz;
    if (isEqz && producer === this.length - 1 && this.kinds[this.kinds.length - 1] === OWN) {
      const a = (this.words[producer * 4 + 1] ?? 0) & 0xffff;
      this.length--;
      this.segments.add(-1);
      this.pop();
      return this.emitJump(op === M.jz ? M.jnz : M.jz, a, label);
    }
    const a = this.slot(0);
    this.pop();
    return this.emitJump(op, a, label);
  }

  private emitJump(op: number, a: number, label: number): number {
    const at = this.emit(op, 0, 0, a, 0, label, 0);
    this.jumps.push(at);
    return at;
  }

  /** Jumps; the exit is numbered by the caller once the jump is counted. */
  jump(target: Target): number {
    this.move(target);
    return this.emitJump(M.jmp, 0, target.label);
  }

  /** Jumps if the top of the stack is not 0; returns the jump that is then taken. */
  jumpIf(target: Target): number {
    if (!this.needsMove(target, this.kinds.length - 1)) return this.jumpOn(M.jnz, target.label);
    const skip = this.newLabel();
    this.jumpOn(M.jz, skip);
    const at = this.jump(target);
    this.place(skip);
    return at;
  }

  /** Jumps by the top of the stack, or by the last target; a target of label RETURN returns from a function of the type. */
  jumpTable(targets: readonly Target[], type: FunctionType): void {
    if (type.results.length > 1) this.settleBelow(this.kinds.length - 1);
    const a = this.slot(0);
    this.pop();
    this.emit(M.brTable, 0, 0, a, 0, targets.length - 1, 0);
    const entries = targets.map(() => this.emit(M.jmp, 0, 0, 0, 0, 0, 0));
    this.jumps.push(...entries);
    let [longest, all] = [0, entries.length];
    const stubs = new Map<number, number>();
    targets.forEach((target, index) => {
      const needsStub = target.label === RETURN || this.needsMove(target, this.kinds.length);
      let label = needsStub ? stubs.get(target.label) : target.label;
      if (label === undefined) {
        label = this.newLabel();
        stubs.set(target.label, label);
        const start = this.length;
        this.labels[label] = start;
        if (target.label === RETURN) this.ret(type);
        else this.jump(target);
        longest = Math.max(longest, this.length - start);
        all += this.length - start;
      }
      this.words[(entries[index] ?? 0) * 4 + 2] = label;
    });
    // One jump of the table is taken, and at most one of the stubs.
    this.segments.add(1 + longest - all);
  }

  /** Returns if the top of the stack is not 0; returns the instruction that then does. */
  returnIf(type: FunctionType): number {
    if (type.results.length > 1) this.settleBelow(this.kinds.length - 1);
    const skip = this.newLabel();
    this.jumpOn(M.jz, skip);
    const at = this.ret(type);
    this.place(skip);
    return at;
  }

  ret({ results }: FunctionType): number {
    // Several results could overwrite the parameters that others of them still stand for.
    if (results.length > 1) this.settleBelow(this.kinds.length);
    const first = this.kinds.length - results.length;
    results.forEach((_type, index) => this.moveTo(index, first + index));
    return this.emit(M.ret, 0, 0, this.frame.link, 0, 0, 0);
  }

  private moveTo(slot: number, index: number): void {
    const lo = this.lows[index] ?? 0;
    if (this.kinds[index] === CONSTANT) this.emit(M.const, 0, slot, 0, 0, lo, this.highs[index] ?? 0);
    else {
      const from = this.kinds[index] === LOCAL ? lo : this.frame.base + index;
      if (from !== slot) this.emit(M.mov, 0, slot, from, 0, 0, 0);
    }
  }

  /** Whether a jump from a stack of `height` has values to move. */
  private needsMove({ height: to, arity }: Target, height: number): boolean {
    const from = height - arity;
    if (arity > 0 && from !== to) return true;
    for (let index = from; index < height; index++) if (this.kinds[index] !== OWN) return true;
    return false;
  }

  private move({ height, arity }: Target): void {
    const from = this.kinds.length - arity;
    for (let index = 0; index < arity; index++) {
      const source = from + index;
      if (this.kinds[source] === OWN && source === height + index) continue;
      this.moveTo(this.frame.base + height + index, source);
    }
  }

  /** Ends a block: its results are in their places, and nothing else is above `height`. */
  endBlock(height: number, results: number, isLive: boolean): void {
    if (isLive) this.settleBelow(this.kinds.length);
    while (this.kinds.length > height) this.pop();
    for (let index = 0; index < results; index++) this.push(OWN, 0, 0);
    this.producer = -1;
  }
}
