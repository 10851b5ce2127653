import { localSlot } from "./frame.ts";
import { LoweredCode, M } from "./lowered-code.ts";

/** A value stands in its own place of the frame's operand stack, in a local, or is a constant. */
export const OWN = 0;
export const LOCAL = 1;
export const CONSTANT = 2;

/** The operand stack of a lowering: values stay where they are, a local or a constant, until they are used. */
export abstract class LoweringStack extends LoweredCode {
  /** Of each value: where it stands, and the local's slot or the constant's halves. */
  protected readonly kinds: number[] = [];
  protected readonly lows: number[] = [];
  protected readonly highs: number[] = [];

  /** Values on the stack. */
  get height(): number {
    return this.kinds.length;
  }

  protected top(): number {
    return this.frame.base + this.kinds.length;
  }

  protected push(kind: number, lo: number, hi: number): void {
    this.kinds.push(kind);
    this.lows.push(lo);
    this.highs.push(hi);
    if (this.top() > this.frame.need) this.frame.need = this.top();
  }

  protected pop(): void {
    this.kinds.pop();
    this.lows.pop();
    this.highs.pop();
  }

  protected drops(count: number): void {
    for (let index = 0; index < count; index++) this.pop();
  }

  /** Emits an instruction that writes the next place of the stack, which a local may still take. */
  protected produce(op: number, flags: number, a: number, b: number, lo: number, hi: number): void {
    const at = this.emit(op, flags, this.top(), a, b, lo, hi);
    this.push(OWN, 0, 0);
    this.producer = at;
  }

  /** Puts a value of the stack into its own place. */
  protected settle(index: number): void {
    const kind = this.kinds[index];
    if (kind === OWN) return;
    const lo = this.lows[index] ?? 0;
    if (kind === LOCAL) this.emit(M.mov, 0, this.frame.base + index, lo, 0, 0, 0);
    else this.emit(M.const, 0, this.frame.base + index, 0, 0, lo, this.highs[index] ?? 0);
    this.kinds[index] = OWN;
  }

  /** Puts the values below into their places, as where control flow meets. */
  protected settleBelow(height: number): void {
    for (let index = 0; index < height; index++) this.settle(index);
  }

  /** The slot in which the value `depth` below the top can be read. */
  protected slot(depth: number): number {
    const index = this.kinds.length - 1 - depth;
    if (this.kinds[index] === CONSTANT) this.settle(index);
    return this.kinds[index] === LOCAL ? (this.lows[index] ?? 0) : this.frame.base + index;
  }

  constant(lo: number, hi: number): void {
    this.push(CONSTANT, lo >>> 0, hi >>> 0);
  }

  localGet(local: number): void {
    this.push(LOCAL, localSlot(this.frame, local), 0);
  }

  localSet(local: number): void {
    this.assign(localSlot(this.frame, local));
    this.pop();
  }

  localTee(local: number): void {
    const slot = localSlot(this.frame, local);
    this.assign(slot);
    const top = this.kinds.length - 1;
    if (this.kinds[top] === CONSTANT) return;
    this.kinds[top] = LOCAL;
    this.lows[top] = slot;
  }

  /** Writes the top of the stack to a local's slot. */
  private assign(slot: number): void {
    const top = this.kinds.length - 1;
    const { producer } = this;
    const isRead = this.settleReaders(slot, top);
    const lo = this.lows[top] ?? 0;
    if (this.kinds[top] === LOCAL) {
      if (lo !== slot) this.emit(M.mov, 0, slot, lo, 0, 0, 0);
    } else if (this.kinds[top] === CONSTANT) {
      this.emit(M.const, 0, slot, 0, 0, lo, this.highs[top] ?? 0);
    } else if (producer !== -1 && !isRead) {
      const word = producer * 4;
      this.words[word] = ((this.words[word] ?? 0) & 0xffff) | (slot << 16);
      this.producer = -1;
    } else this.emit(M.mov, 0, slot, this.frame.base + top, 0, 0, 0);
  }

  /** Puts values that a local's slot still stands for into their own places; whether there were any. */
  private settleReaders(slot: number, below: number): boolean {
    let isRead = false;
    for (let index = 0; index < below; index++) {
      if (this.kinds[index] !== LOCAL || this.lows[index] !== slot) continue;
      this.settle(index);
      isRead = true;
    }
    return isRead;
  }

  drop(): void {
    this.producer = -1;
    this.pop();
  }
}
