/**
 * What is paid where (docs/machine.md, "Fuel"). A segment is code with one charge, at its begin, for all of it. Segments nest: a loop's body, a
 * branch of an `if` and what follows a label of a br_table are segments of their own; whatever follows their end belongs to the segment around
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
  /** Jumps that left it or code within it. */
  exits: number;
  /** It is paid for with the segment around it. */
  isMerged: boolean;
}

interface Exit {
  /** Segments that are left, with what of them came before the jump. */
  left: { segment: Segment; cost: number }[];
  /** The segment that goes on behind the label, and its cost at the jump and at the label. */
  kept: Segment | undefined;
  from: number;
  to: number;
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
    const segment: Segment = { cost: 0, prologue: 0, exits: 0, isMerged: false };
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

  /** Ends the segments within. Of a short branch of an `if` the segment around it takes over the charge. */
  closeTo(depth: number, isBranch = false): void {
    const [closed] = this.stack.splice(depth);
    if (closed === undefined || !isBranch || closed.exits > 0 || closed.cost - 1 > SMALL) return;
    closed.isMerged = true;
    this.add(closed.cost - 1);
  }

  /** Notes a jump to a label of a control that began with `depth` open segments; returns its number. */
  exit(depth: number): number {
    for (const segment of this.stack) segment.exits++;
    const kept = this.stack[depth - 1];
    const cost = kept?.cost ?? 0;
    const left = this.stack.slice(depth).map((segment) => ({ segment, cost: segment.cost }));
    return this.exits.push({ left, kept, from: cost, to: cost }) - 1;
  }

  /** The label of earlier jumps stands here. */
  land(exits: readonly number[]): void {
    for (const index of exits) {
      const exit = this.exits[index];
      if (exit?.kept !== undefined) exit.to = exit.kept.cost;
    }
  }

  /** What a segment's begin charges; 0 if it has no charge of its own. */
  charge(index: number): number {
    const segment = this.all[index];
    return segment === undefined || segment.isMerged ? 0 : segment.cost + segment.prologue;
  }

  /** What a jump gives back, beside what giving it back costs; 0 for too little. */
  refund(index: number): number {
    const exit = this.exits[index];
    if (exit === undefined) return 0;
    const left = exit.left.reduce((sum, { segment, cost }) => sum + segment.cost - cost, 0);
    const skipped = left + exit.to - exit.from;
    return skipped > SMALL ? skipped - REFUND_STEPS : 0;
  }
}
