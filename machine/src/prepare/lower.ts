import { OP } from "../wasm/opcodes.ts";
import type { FunctionType } from "../wasm/types.ts";
import { linkSlot, localSlot } from "./frame.ts";
import type { Frame } from "./frame.ts";
import type { Segments } from "./segments.ts";

/** The machine's opcodes that are not WebAssembly's, or not with the same meaning (docs/machine.md). */
export const M = {
  trap: 0x00,
  enter: 0x01,
  charge: 0x02,
  refund: 0x03,
  jz: 0x04,
  halt: 0x05,
  fuel: 0x06,
  inputLength: 0x07,
  jmp: 0x0c,
  jnz: 0x0d,
  brTable: 0x0e,
  ret: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  select: 0x1b,
  mov: 0x20,
  globalGet: 0x23,
  globalSet: 0x24,
  tableGet: 0x25,
  tableSet: 0x26,
  const: 0x41,
} as const;
const IMMEDIATE = 1;

/** Operations with a constant first operand that may change places with the second: op → op with swapped operands. */
const SWAPPED = new Map<number, number>([
  ...[0x46, 0x47, 0x51, 0x52, 0x6a, 0x6c, 0x71, 0x72, 0x73, 0x7c, 0x7e, 0x83, 0x84, 0x85].map(
    (op): [number, number] => [op, op],
  ),
  ...[0x48, 0x49, 0x4c, 0x4d, 0x53, 0x54, 0x57, 0x58].flatMap((op): [number, number][] => [
    [op, op + 2],
    [op + 2, op],
  ]),
]);

/** The label of a jump that returns from the function. */
export const RETURN = -1;

/** Where a label goes: its number, the height of the operands below its values, and how many values it takes. */
export interface Target {
  label: number;
  height: number;
  arity: number;
}

const OWN = 0;
const LOCAL = 1;
const CONSTANT = 2;

/** A function in the machine's instructions, its jumps and calls still open. */
export interface LoweredFunction {
  /** Four words an instruction. */
  words: Uint32Array;
  /** Instructions in all. */
  length: number;
  /** Instructions whose `lo` is a function's number and becomes its pc. */
  calls: number[];
  /** Instructions whose `lo` counts from the function's begin and becomes a pc. */
  jumps: number[];
}

/**
 * Lowers one function. Its methods follow the instructions as they are validated; operands stay where they are (a local, a constant)
 * until they are used, so that most instructions of the stack machine vanish.
 */
export class FunctionLowering {
  private readonly frame: Frame;
  private words = new Uint32Array(256);
  private length = 0;
  private readonly kinds: number[] = [];
  private readonly lows: number[] = [];
  private readonly highs: number[] = [];
  private readonly labels: number[] = [];
  private readonly jumps: number[] = [];
  private readonly calls: number[] = [];
  private readonly segments: Segments;
  /** The instruction with which each segment begins, by the segment's number. */
  private readonly charges: number[] = [];
  /** Jumps that may give fuel back: the instruction, and the number of the exit. */
  private readonly exits: { at: number; exit: number }[] = [];
  /** Instruction that wrote the top of the stack and may still write elsewhere instead; −1 for none. */
  private producer = -1;

  constructor(frame: Frame, segments: Segments) {
    this.frame = frame;
    this.segments = segments;
    this.charges[segments.open()] = 0;
    this.emit(M.enter, 0, 0, 0, 0, 0, 0);
  }

  /** Finishes the function. `unset` are locals that may be read before they are written. */
  finish(unset: readonly number[]): LoweredFunction {
    this.segments.addPrologue(unset.length);
    this.writeRefunds();
    const moved = this.placesWithout(unset.length);
    const length = moved[this.length] ?? 0;
    const all = new Uint32Array(length * 4);
    for (let at = 0; at < this.length; at++) {
      const to = moved[at] ?? 0;
      if (to !== moved[at + 1] || at === 0) all.set(this.words.subarray(at * 4, at * 4 + 4), to * 4);
    }
    unset.forEach((local, index) => {
      all[(1 + index) * 4] = M.const | (localSlot(this.frame, local) << 16);
    });
    all[3] = this.frame.need;
    const place = (at: number): number => moved[at] ?? 0;
    for (const at of this.jumps) {
      const word = place(at) * 4 + 2;
      all[word] = place(this.labels[all[word] ?? 0] ?? 0);
    }
    return { words: all, length, calls: this.calls.map(place), jumps: this.jumps.map(place) };
  }

  /** Fills in the charges, and lets jumps that give fuel back go by instructions of their own, behind all others. */
  private writeRefunds(): void {
    this.charges.forEach((at, segment) => (this.words[at * 4 + 2] = this.segments.charge(segment)));
    for (const { at, exit } of this.exits) {
      const refund = this.segments.refund(exit);
      if (refund === 0) continue;
      const [head = 0, operands = 0, label = 0] = this.words.subarray(at * 4, at * 4 + 3);
      const stub = this.newLabel();
      this.labels[stub] = this.length;
      this.append(M.refund, 0, 0, 0, 0, refund, 0);
      if ((head & 0xff) === M.ret) {
        this.append(M.ret, 0, 0, operands & 0xffff, 0, 0, 0);
        this.words[at * 4] = M.jmp;
        this.words[at * 4 + 1] = 0;
        this.jumps.push(at);
      } else this.jumps.push(this.append(M.jmp, 0, 0, 0, 0, label, 0));
      this.words[at * 4 + 2] = stub;
    }
  }

  /** Where each instruction goes: charges of nothing are left out, and `prologue` instructions follow the first. */
  private placesWithout(prologue: number): Uint32Array {
    const places = new Uint32Array(this.length + 1);
    const without = new Set(this.charges.filter((_at, segment) => this.segments.charge(segment) === 0));
    let to = 0;
    for (let at = 0; at < this.length; at++) {
      places[at] = to;
      if (!without.has(at)) to += 1;
      if (at === 0) to += prologue;
    }
    places[this.length] = to;
    return places;
  }

  // ---- instructions ----

  private emit(op: number, flags: number, d: number, a: number, b: number, lo: number, hi: number): number {
    this.segments.add(1);
    this.producer = -1;
    return this.append(op, flags, d, a, b, lo, hi);
  }

  private append(op: number, flags: number, d: number, a: number, b: number, lo: number, hi: number): number {
    const at = this.length++;
    if (this.words.length < this.length * 4) {
      const larger = new Uint32Array(this.words.length * 2);
      larger.set(this.words);
      this.words = larger;
    }
    const word = at * 4;
    this.words[word] = op | (flags << 8) | (d << 16);
    this.words[word + 1] = a | (b << 16);
    this.words[word + 2] = lo;
    this.words[word + 3] = hi;
    return at;
  }

  /** Emits an instruction that writes the next place of the stack, which a local may still take. */
  private produce(op: number, flags: number, a: number, b: number, lo: number, hi: number): void {
    const at = this.emit(op, flags, this.top(), a, b, lo, hi);
    this.push(OWN, 0, 0);
    this.producer = at;
  }

  /** Values on the stack. */
  get height(): number {
    return this.kinds.length;
  }

  private top(): number {
    return this.frame.base + this.kinds.length;
  }

  private push(kind: number, lo: number, hi: number): void {
    this.kinds.push(kind);
    this.lows.push(lo);
    this.highs.push(hi);
    if (this.top() > this.frame.need) this.frame.need = this.top();
  }

  private pop(): void {
    this.kinds.pop();
    this.lows.pop();
    this.highs.pop();
  }

  /** Puts a value of the stack into its own place. */
  private settle(index: number): void {
    const kind = this.kinds[index];
    if (kind === OWN) return;
    const lo = this.lows[index] ?? 0;
    if (kind === LOCAL) this.emit(M.mov, 0, this.frame.base + index, lo, 0, 0, 0);
    else this.emit(M.const, 0, this.frame.base + index, 0, 0, lo, this.highs[index] ?? 0);
    this.kinds[index] = OWN;
  }

  /** Puts the values below into their places, as where control flow meets. */
  private settleBelow(height: number): void {
    for (let index = 0; index < height; index++) this.settle(index);
  }

  /** The slot in which the value `depth` below the top can be read. */
  private slot(depth: number): number {
    const index = this.kinds.length - 1 - depth;
    if (this.kinds[index] === CONSTANT) this.settle(index);
    return this.kinds[index] === LOCAL ? (this.lows[index] ?? 0) : this.frame.base + index;
  }

  // ---- operands ----

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

  // ---- numbers, memory, globals, tables ----

  unary(op: number): void {
    const a = this.slot(0);
    this.pop();
    this.produce(op, 0, a, 0, 0, 0);
  }

  binary(op: number): void {
    const top = this.kinds.length - 1;
    const swapped = SWAPPED.get(op);
    if (this.kinds[top - 1] === CONSTANT && this.kinds[top] !== CONSTANT && swapped !== undefined) {
      const [lo, hi] = [this.lows[top - 1] ?? 0, this.highs[top - 1] ?? 0];
      const a = this.slot(0);
      this.pop();
      this.pop();
      this.produce(swapped, IMMEDIATE, a, 0, lo, hi);
    } else if (this.kinds[top] === CONSTANT) {
      const [lo, hi] = [this.lows[top] ?? 0, this.highs[top] ?? 0];
      const a = this.slot(1);
      this.pop();
      this.pop();
      this.produce(op, IMMEDIATE, a, 0, lo, hi);
    } else {
      const [a, b] = [this.slot(1), this.slot(0)];
      this.pop();
      this.pop();
      this.produce(op, 0, a, b, 0, 0);
    }
  }

  select(): void {
    const [a, b, condition] = [this.slot(2), this.slot(1), this.slot(0)];
    this.pop();
    this.pop();
    this.pop();
    this.produce(M.select, 0, a, b, condition, 0);
  }

  load(op: number, space: number, offset: number): void {
    const a = this.slot(0);
    this.pop();
    this.produce(op, space << 1, a, 0, offset, 0);
  }

  store(op: number, space: number, offset: number): void {
    const [a, b] = [this.slot(1), this.slot(0)];
    this.pop();
    this.pop();
    this.emit(op, space << 1, 0, a, b, offset, 0);
  }

  memorySize(): void {
    this.produce(OP.memorySize, 0, 0, 0, 0, 0);
  }

  memoryGrow(): void {
    this.unary(OP.memoryGrow);
  }

  globalGet(slot: number): void {
    this.produce(M.globalGet, 0, 0, 0, slot, 0);
  }

  globalSet(slot: number): void {
    const a = this.slot(0);
    this.pop();
    this.emit(M.globalSet, 0, 0, a, 0, slot, 0);
  }

  tableGet(first: number, length: number): void {
    const a = this.slot(0);
    this.pop();
    this.produce(M.tableGet, 0, a, 0, first, length);
  }

  tableSet(first: number, length: number): void {
    const [a, b] = [this.slot(1), this.slot(0)];
    this.pop();
    this.pop();
    this.emit(M.tableSet, 0, 0, a, b, first, length);
  }

  fuel(): void {
    this.produce(M.fuel, 0, 0, 0, 0, 0);
  }

  inputLength(): void {
    this.produce(M.inputLength, 0, 0, 0, 0, 0);
  }

  halt(): void {
    this.emit(M.halt, 0, 0, this.slot(1), this.slot(0), 0, 0);
    this.pop();
    this.pop();
  }

  trap(): void {
    this.emit(M.trap, 0, 0, 0, 0, 0, 0);
  }

  // ---- calls ----

  call(index: number, type: FunctionType): void {
    const shift = this.prepareCall(type);
    this.calls.push(this.emit(M.call, 0, linkSlot(type), shift, 0, index, 0));
    this.finishCall(type);
  }

  callIndirect(typeId: number, type: FunctionType, tableLength: number): void {
    const index = this.slot(0);
    this.producer = -1;
    this.pop();
    const shift = this.prepareCall(type);
    this.emit(M.callIndirect, 0, linkSlot(type), shift, index, tableLength, typeId + 1);
    this.finishCall(type);
  }

  /** Puts the arguments into their places; the callee's fp above the caller's. */
  private prepareCall({ params }: FunctionType): number {
    const first = this.kinds.length - params.length;
    for (let index = first; index < this.kinds.length; index++) this.settle(index);
    return this.frame.base + first;
  }

  private finishCall(type: FunctionType): void {
    for (const _param of type.params) this.pop();
    const reach = this.top() + linkSlot(type) + 1;
    if (reach > this.frame.need) this.frame.need = reach;
    for (const _result of type.results) this.push(OWN, 0, 0);
    this.producer = -1;
  }

  // ---- control ----

  newLabel(): number {
    return this.labels.push(-1) - 1;
  }

  /** Begins a block: what is on the stack goes to its place, since control flow may come back to here. */
  beginBlock(): void {
    this.settleBelow(this.kinds.length);
    this.producer = -1;
  }

  /** Places a label here. */
  place(label: number): void {
    this.labels[label] = this.length;
    this.producer = -1;
  }

  /** Begins a segment here; returns its number. */
  beginSegment(): number {
    const segment = this.segments.open();
    this.charges[segment] = this.length;
    this.emit(M.charge, 0, 0, 0, 0, 0, 0);
    return segment;
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

  /** Lets an instruction that leaves code out give back what was paid for it. */
  giveBack(at: number, exit: number): void {
    this.exits.push({ at, exit });
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
