import { compute, operandCount } from "./arithmetic.ts";
import type { Outcome } from "./arithmetic.ts";
import { loadValue, storeValue } from "./accesses.ts";
import { CODE_LENGTH, MAX_OUT_LEN, SLOT_COUNT } from "../interpret/layout.ts";
import type { Registers } from "../interpret/snapshot.ts";
import { instructionAt, spacesOf } from "./step-state.ts";
import type { Instruction, StepState } from "./step-state.ts";
import { status } from "../status.ts";

/** An operand that names a slot relative to fp. `l` is the link of CALL and CALLI, `t` SELECT's third. */
export type Operand = "d" | "a" | "b" | "l" | "t";

/** Operands by opcode of everything but loads, stores and arithmetic. */
const operands: Readonly<Record<number, readonly Operand[]>> = {
  0x00: [],
  0x01: [],
  0x02: [],
  0x03: [],
  0x04: ["a"],
  0x05: ["a", "b"],
  0x06: ["d"],
  0x07: ["d"],
  0x0c: [],
  0x0d: ["a"],
  0x0e: ["a"],
  0x0f: ["a"],
  0x10: ["l"],
  0x11: ["b", "l"],
  0x1b: ["d", "a", "b", "t"],
  0x20: ["d", "a"],
  0x23: ["d"],
  0x24: ["a"],
  0x25: ["d", "a"],
  0x26: ["a", "b"],
  0x3f: ["d"],
  0x40: ["d", "a"],
  0x41: ["d"],
};

/** The slots that an instruction names, relative to fp, by operand; undefined if no lowering writes it. */
export function namedSlots(instruction: Instruction): readonly (readonly [Operand, number])[] | undefined {
  const { d, a, b, lo } = instruction;
  const indices: Readonly<Record<Operand, number>> = { d, a, b, l: a + d, t: lo & 0xffff };
  return operandsOf(instruction)?.map((operand) => [operand, indices[operand]] as const);
}

function operandsOf({ opcode, flags }: Instruction): readonly Operand[] | undefined {
  const access = spacesOf(opcode);
  if (access !== undefined) {
    if (!access.some((space) => flags === space * 2)) return undefined;
    return opcode <= 0x35 ? ["d", "a"] : ["a", "b"];
  }
  const count = operandCount(opcode);
  if (count > 0) {
    if (flags > count - 1) return undefined;
    return count === 2 && flags === 0 ? ["d", "a", "b"] : ["d", "a"];
  }
  return flags === 0 ? operands[opcode] : undefined;
}

/** Does one step (docs/machine.md). */
export function executeStep(state: StepState): void {
  const { registers } = state;
  if (registers.status !== status.running) return;
  if (registers.pc >= CODE_LENGTH) {
    registers.status = status.illegal;
    return;
  }
  const instruction = instructionAt(state.code, registers.pc);
  registers.pc++;
  const named = namedSlots(instruction);
  const legal = named?.every(([, index]) => registers.fp + index < SLOT_COUNT) ?? false;
  registers.status = legal ? effect(state, instruction) : status.illegal;
}

const readSlot = ({ slots }: StepState, index: number): bigint => {
  const leaf = slots(index >>> 2);
  return new DataView(leaf.buffer, leaf.byteOffset).getBigUint64((index % 4) * 8, true);
};
const writeSlot = ({ slots }: StepState, index: number, value: bigint): void => {
  const leaf = slots(index >>> 2);
  new DataView(leaf.buffer, leaf.byteOffset).setBigUint64((index % 4) * 8, value, true);
};
const low = (value: bigint): number => Number(BigInt.asUintN(32, value));
const high = (value: bigint): number => Number(value >> 32n);

/** Does what the instruction says and gives the status after it. */
function effect(state: StepState, instruction: Instruction): number {
  const { registers, inLen, maxPages } = state;
  const { opcode, flags, d, a, b, imm, lo, hi } = instruction;
  const { fp } = registers;
  const get = (index: number): bigint => readSlot(state, fp + index);
  const give = (value: Outcome): number => {
    if (typeof value !== "bigint") return value.trap;
    writeSlot(state, fp + d, value);
    return status.running;
  };
  const jump = (pc: number): number => {
    registers.pc = pc;
    return status.running;
  };
  const enter = (pc: number): number => {
    writeSlot(state, fp + a + d, (BigInt(fp) << 32n) | BigInt(registers.pc));
    registers.fp = fp + a;
    return jump(pc);
  };
  const tableSlot = (): number | { trap: number } => {
    const index = low(get(a));
    if (index >= hi) return { trap: status.tableIndex };
    return lo + index >= SLOT_COUNT ? { trap: status.illegal } : lo + index;
  };

  if (operandCount(opcode) > 0)
    return give(compute(opcode, get(a), flags === 1 ? imm : operandCount(opcode) === 2 ? get(b) : 0n));
  if (opcode >= 0x28 && opcode <= 0x35) return give(loadValue(state, instruction, low(get(a))));
  if (opcode >= 0x36 && opcode <= 0x3e) return storeValue(state, instruction, low(get(a)), get(b));
  switch (opcode) {
    case 0x01:
      return fp + hi > SLOT_COUNT ? status.stackExhausted : charge(registers, lo);
    case 0x02:
      return charge(registers, lo);
    case 0x03:
      registers.fuel = BigInt.asUintN(64, registers.fuel + BigInt(lo));
      return status.running;
    case 0x04:
      return low(get(a)) === 0 ? jump(lo) : status.running;
    case 0x05:
      if (low(get(b)) > MAX_OUT_LEN) return status.illegal;
      registers.exitCode = low(get(a));
      registers.outLen = low(get(b));
      return status.exited;
    case 0x06:
      return give(registers.fuel);
    case 0x07:
      return give(BigInt(inLen));
    case 0x0c:
      return jump(lo);
    case 0x0d:
      return low(get(a)) === 0 ? status.running : jump(lo);
    case 0x0e:
      return jump((registers.pc + Math.min(low(get(a)), lo)) % 2 ** 32);
    case 0x0f: {
      const link = get(a);
      registers.fp = high(link);
      return jump(low(link));
    }
    case 0x10:
      return enter(lo);
    case 0x11: {
      const index = low(get(b));
      if (index >= lo) return status.tableIndex;
      if (index >= SLOT_COUNT) return status.illegal;
      const entry = readSlot(state, index);
      return high(entry) === hi ? enter(low(entry)) : status.wrongCallee;
    }
    case 0x1b:
      return give(low(get(lo & 0xffff)) === 0 ? get(b) : get(a));
    case 0x20:
      return give(get(a));
    case 0x23:
      return lo >= SLOT_COUNT ? status.illegal : give(readSlot(state, lo));
    case 0x24:
      if (lo >= SLOT_COUNT) return status.illegal;
      writeSlot(state, lo, get(a));
      return status.running;
    case 0x25: {
      const slot = tableSlot();
      return typeof slot === "number" ? give(readSlot(state, slot)) : slot.trap;
    }
    case 0x26: {
      const slot = tableSlot();
      if (typeof slot !== "number") return slot.trap;
      writeSlot(state, slot, get(b));
      return status.running;
    }
    case 0x3f:
      return give(BigInt(registers.pages));
    case 0x40: {
      const pages = registers.pages + low(get(a));
      if (pages > maxPages) return give(0xffffffffn);
      const before = registers.pages;
      registers.pages = pages;
      return give(BigInt(before));
    }
    case 0x41:
      return give(imm);
    default:
      return status.unreachable;
  }
}

function charge(registers: Registers, amount: number): number {
  const enough = registers.fuel >= BigInt(amount);
  registers.fuel = enough ? registers.fuel - BigInt(amount) : 0n;
  return enough ? status.running : status.outOfFuel;
}
