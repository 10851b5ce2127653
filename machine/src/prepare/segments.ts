/**
 * What is paid where (docs/machine.md, "Fuel"). A segment is code with one charge, at its begin, for all of it. Segments nest: a loop's body, a
 * branch of an `if` and what follows a label that a br_table leads to or past are segments of their own; whatever follows their end belongs to the segment around
 * them again. A jump that leaves code out gets back what was paid for it.
 */

/** Conditional code this short is paid for in any case, and so much is not given back. */
const SMALL = 8;
/** Instructions that a jump executes more when it gives fuel back: REFUND and a jump. */
export const REFUND_STEPS = 2;

interface Segment {
  /** Instructions in it so far. */
  cost: number;
  /** Instructions at its begin that count in the charge alone. */
  prologue: number;
  /** Segments within that this one pays for, in the order of their ends. */
  paid: Segment[];
  /** It is paid for by the segment around it. */
  isPaid: boolean;
  /** A jump led out of it. */
  hasExit: boolean;
}

/** A segment at a jump: what of it came before. */
interface Part {
  segment: Segment;
  cost: number;
  paid: number;
}

interface Exit {
  /** Segments that are left. */
  left: Part[];
  /** The segment that goes on behind the label, at the jump and at the label. */
  kept: { from: Part; to: Part } | undefined;
}

/** The segments of one function. */
export class Segments {
  private readonly all: Segment[] = [];
  private readonly stack: Segment[] = [];
  private readonly exits: Exit[] = [];

  /** Open segments. */
  get depth(): number {
    return this.stack.length;
  }

  private get top(): Segment {
    const top = this.stack.at(-1);
    if (top === undefined) throw new Error("No segment is open.");
    return top;
  }

  /** Begins a segment; returns its number. */
  open(): number {
    const segment: Segment = { cost: 0, prologue: 0, paid: [], isPaid: false, hasExit: false };
    this.stack.push(segment);
    return this.all.push(segment) - 1;
  }

  /** Counts instructions of the innermost segment. */
  add(instructions: number): void {
    this.top.cost += instructions;
  }

  /** Counts instructions at the function's begin, behind its first. */
  addPrologue(instructions: number): void {
    const [first] = this.all;
    if (first !== undefined) first.prologue += instructions;
  }

  /**
   * Ends the segments within. A branch of an `if` that is short and has no jump out of it is paid for by the segment around it, and so is one
   * that is to be `paidBefore`: that one is returned, to be given back where it is not taken.
   */
  closeTo(depth: number, how: "branch" | "paidBefore" | "other"): number | undefined {
    const [closed] = this.stack.splice(depth);
    if (closed === undefined || how === "other") return undefined;
    const isShort = totalOf(closed) <= SMALL && !closed.hasExit;
    if (!isShort && how === "branch") return undefined;
    closed.isPaid = true;
    this.top.paid.push(closed);
    return isShort ? undefined : this.all.indexOf(closed);
  }

  private partOf(segment: Segment): Part {
    return { segment, cost: segment.cost, paid: segment.paid.length };
  }

  /** Notes a jump to a label of a control that began with `depth` open segments; returns its number. */
  exit(depth: number): number {
    for (const segment of this.stack) segment.hasExit = true;
    const kept = this.stack[depth - 1];
    const left = this.stack.slice(depth).map((segment) => this.partOf(segment));
    const from = kept && this.partOf(kept);
    return this.exits.push({ left, kept: from && { from, to: from } }) - 1;
  }

  /** Notes a jump over a whole segment that has ended; returns its number. */
  skip(index: number): number {
    const segment = this.all[index];
    const left = segment === undefined ? [] : [{ segment, cost: 1, paid: 0 }];
    return this.exits.push({ left, kept: undefined }) - 1;
  }

  /** The label of earlier jumps stands here. */
  land(exits: readonly number[]): void {
    for (const index of exits) {
      const kept = this.exits[index]?.kept;
      if (kept !== undefined) kept.to = this.partOf(kept.from.segment);
    }
  }

  /** What a segment's begin charges; 0 if it has no charge of its own. */
  charge(index: number): number {
    const segment = this.all[index];
    return segment === undefined || segment.isPaid ? 0 : segment.prologue + 1 + totalOf(segment);
  }

  /** What a jump gives back, beside what giving it back costs; 0 for too little. */
  refund(index: number): number {
    const exit = this.exits[index];
    if (exit === undefined) return 0;
    const isLeft = new Set(exit.left.map(({ segment }) => segment));
    const between = (from: Part, to: Part): number => {
      // A segment that the jump leaves is given back by itself, not as part of what pays for it.
      const skipped = from.segment.paid.slice(from.paid, to.paid).filter((paid) => !isLeft.has(paid));
      return to.cost - from.cost + skipped.reduce((sum, paid) => sum + totalOf(paid), 0);
    };
    const parts = exit.left.map((part) => between(part, this.partOf(part.segment)));
    if (exit.kept !== undefined) parts.push(between(exit.kept.from, exit.kept.to));
    const all = parts.reduce((sum, part) => sum + part, 0);
    return all > SMALL ? all - REFUND_STEPS : 0;
  }
}

/** What is paid for a segment and those that it pays for, without its own charge. */
function totalOf({ cost, paid }: Segment): number {
  return paid.reduce((sum, one) => sum + totalOf(one), cost - 1);
}
