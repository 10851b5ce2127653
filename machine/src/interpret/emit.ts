import {
  F32,
  F64,
  I32,
  I64,
  access,
  at,
  br,
  get,
  i32,
  i64,
  op,
  set,
  tee,
  when,
} from "../encode/instructions.ts";
import type { Code, ValueType } from "../encode/instructions.ts";
import { CODE, SLOTS, SLOT_COUNT, reason, state } from "./layout.ts";

/** The locals of the interpreter's loops. `steps` is the parameter: how many are left. */
export const local = {
  steps: 0,
  /** 16 × pc of the next instruction; every handler runs with it already moved on. */
  ip: 1,
  /** 8 × fp, or `WILD_FP`. */
  fp: 2,
  t: 3,
  u: 4,
  x: 5,
  y: 6,
  f: 7,
  g: 8,
} as const;
export const LOCAL_TYPES: readonly ValueType[] = [I32, I32, I32, I32, I64, I64, F32, F64];

/** Stands for an fp above 2^17, which only a RET can set; the state's fp says which. No operand lies within the slots. */
export const WILD_FP = -8;

/** What the code of one operation must know of where it stands. */
export interface Place {
  /** Depth of the branch that goes on with the next instruction, and of the one that leaves the loop. */
  next: number;
  exit: number;
  /** In the loop that checks every operand, which runs while fp is near the end of the slots. */
  checked: boolean;
}

// The instruction's fields stand 16 bytes before ip.
const field = (opcode: number, offset: number): Code => [get(local.ip), at(opcode, CODE - 16 + offset)];
const offsets = { d: 2, a: 4, b: 6, immediate: 8, high: 12 } as const;
type Operand = "d" | "a" | "b";

export const low: Code = field(access.i32Load, offsets.immediate);
export const high: Code = field(access.i32Load, offsets.high);
export const low64: Code = field(access.i64Load32U, offsets.immediate);
export const high64: Code = field(access.i64Load32U, offsets.high);
export const operand = (name: Operand): Code => field(access.i32Load16U, offsets[name]);
/** SELECT's third operand. */
export const third: Code = field(access.i32Load16U, offsets.immediate);

const loads: Readonly<Record<ValueType, number>> = { [I32]: 0x28, [I64]: 0x29, [F32]: 0x2a, [F64]: 0x2b };

/** The address, less `SLOTS`, of a slot named relative to fp. */
export const slotOf = (index: Code): Code => [index, i32(3), op.i32Shl, get(local.fp), op.i32Add];
/** The value in an operand's slot. */
export const read = (name: Operand, type: ValueType): Code => [slotOf(operand(name)), at(loads[type], SLOTS)];
/** The immediate, as the second operand of its type. */
export const immediate = (type: ValueType): Code => field(loads[type], offsets.immediate);

/** Writes what `value` leaves on the stack to slot d; an i32 or f32 gets a high half of 0. */
export function write(value: Code, type: ValueType): Code {
  const widen: Readonly<Record<ValueType, Code>> = {
    [I32]: [op.i64ExtendI32U],
    [I64]: [],
    [F32]: [op.i32ReinterpretF32, op.i64ExtendI32U],
    [F64]: [op.i64ReinterpretF64],
  };
  return [slotOf(operand("d")), value, widen[type], at(access.i64Store, SLOTS)];
}

/** A number of the state, and setting one. */
export const load = (address: number, type: ValueType = I32): Code => [i32(0), at(loads[type], address)];
export const store = (address: number, value: Code): Code => [i32(0), value, at(access.i32Store, address)];
export const store64 = (address: number, value: Code): Code => [i32(0), value, at(access.i64Store, address)];

/** Ends with a status if the condition on the stack holds. */
export const trapIf = (condition: Code, status: number, { exit }: Place): Code => [
  condition,
  when(store(state.status, i32(status)), br(exit + 1)),
];
export const trap = (status: number, { exit }: Place): Code => [store(state.status, i32(status)), br(exit)];

/** Leaves for the other loop if the new fp needs it: the unchecked one must not run where an operand can be out of range. */
export const changeLoop = ({ exit, checked }: Place): Code => [
  get(local.fp),
  load(state.fpLimit),
  checked ? op.i32LeU : op.i32GtU,
  when(store(state.reason, i32(reason.otherLoop)), br(exit + 1)),
];

/** Goes on at the pc in local t, whatever it is. */
export const jumpToT = (codeLength: number, far: number): Code => [
  get(local.t),
  i32(4),
  op.i32Shl,
  set(local.ip),
  get(local.t),
  i32(codeLength),
  op.i32GeU,
  when(store(state.pc, get(local.t)), i32(far * 16), set(local.ip)),
];

/** The slot index in local t is out of range. */
export const slotOutOfRange: Code = [get(local.t), i32(SLOT_COUNT), op.i32GeU];
/** The address, less `SLOTS`, of the slot whose index is in local t. */
export const slotAtT: Code = [get(local.t), i32(3), op.i32Shl];
/** Puts the 64-bit sum of two numbers into local x, too. */
export const sumToX = (left: Code, right: Code): Code => [left, right, op.i64Add, tee(local.x)];
export const extended = (value: Code): Code => [value, op.i64ExtendI32U];
export const constant64 = (value: number): Code => i64(value);
