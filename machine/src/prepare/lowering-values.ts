import { OP } from "../wasm/opcodes.ts";
import type { FunctionType } from "../wasm/types.ts";
import { linkSlot } from "./frame.ts";
import { M } from "./lowered-code.ts";
import { CONSTANT, LoweringStack, OWN } from "./lowering-stack.ts";

/** With this flag the second operand is the immediate. */
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

/** What lowers instructions that leave control flow alone, and calls. */
export abstract class LoweringValues extends LoweringStack {
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
    this.drops(type.params.length);
    const reach = this.top() + linkSlot(type) + 1;
    if (reach > this.frame.need) this.frame.need = reach;
    for (let index = 0; index < type.results.length; index++) this.push(OWN, 0, 0);
    this.producer = -1;
  }
}
