import { localSlot } from "./frame.ts";
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

/** The instructions of a function under way: written one after the other, and put into their places at the end. */
export abstract class LoweredCode {
  protected readonly frame: Frame;
  protected readonly segments: Segments;
  protected words = new Uint32Array(256);
  protected length = 0;
  /** The instruction at which each label stands. */
  protected readonly labels: number[] = [];
  protected readonly jumps: number[] = [];
  protected readonly calls: number[] = [];
  /** The instruction with which each segment begins, by the segment's number. */
  private readonly charges: number[] = [];
  /** Jumps that may give fuel back: the instruction, and the number of the exit. */
  private readonly exits: { at: number; exit: number }[] = [];
  /** Instruction that wrote the top of the stack and may still write elsewhere instead; −1 for none. */
  protected producer = -1;

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

  protected emit(op: number, flags: number, d: number, a: number, b: number, lo: number, hi: number): number {
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

  newLabel(): number {
    return this.labels.push(-1) - 1;
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

  /** Lets an instruction that leaves code out give back what was paid for it. */
  giveBack(at: number, exit: number): void {
    this.exits.push({ at, exit });
  }
}
