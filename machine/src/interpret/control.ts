import {
  I32,
  I64,
  access,
  at,
  br,
  either,
  get,
  i32,
  i64,
  memoryGrow,
  memorySize,
  op,
  set,
  tee,
  when,
} from "../encode/instructions.ts";
import type { Code } from "../encode/instructions.ts";
import {
  WILD_FP,
  changeLoop,
  constant64,
  extended,
  high,
  high64,
  immediate,
  jumpToT,
  load,
  local,
  low,
  low64,
  operand,
  read,
  slotAtT,
  slotOf,
  slotOutOfRange,
  store,
  store64,
  sumToX,
  third,
  trap,
  trapIf,
  write,
} from "./emit.ts";
import type { Place } from "./emit.ts";
import {
  CODE_FAR,
  CODE_LENGTH,
  MAX_OUT_LEN,
  MEMORY,
  SLOTS,
  SLOT_COUNT,
  WASM_PAGE,
  reason,
  state,
} from "./layout.ts";
import { uses } from "./operation.ts";
import type { Operation } from "./operation.ts";
import { status } from "../status.ts";

const { d, a, b, link } = uses;

/** Pays the low half of imm. */
const charge = (place: Place): Code => [
  load(state.fuel, I64),
  tee(local.x),
  low64,
  tee(local.y),
  op.i64LtU,
  when(
    store64(state.fuel, i64(0)),
    store64(state.leastFuel, i64(0)),
    store(state.status, i32(status.outOfFuel)),
    br(place.exit + 1),
  ),
  store64(state.fuel, [get(local.x), get(local.y), op.i64Sub, tee(local.x)]),
  [get(local.x), load(state.leastFuel, I64), op.i64LtU],
  when(store64(state.leastFuel, get(local.x))),
  get(local.x),
  load(state.fuelWatch, I64),
  op.i64LtU,
  when(store(state.reason, i32(reason.fuelWatch)), br(place.exit + 1)),
];

/** Writes the link and moves fp: fp << 32 | pc, where fp is kept times 8 and pc times 16. */
const linkAndMove: Code = [
  slotOf(operand("a")),
  tee(local.u),
  operand("d"),
  i32(3),
  op.i32Shl,
  op.i32Add,
  extended(get(local.fp)),
  i64(29),
  op.i64Shl,
  extended([get(local.ip), i32(4), op.i32ShrU]),
  op.i64Or,
  at(access.i64Store, SLOTS),
  get(local.u),
  set(local.fp),
];
const jumpNear: Code = [low, set(local.ip)];
/** `translate` keeps the pc of a far jump in imm's high half. */
const jumpFar: Code = [store(state.pc, high), i32(CODE_FAR * 16), set(local.ip)];

function jump(opcode: number, operands: number, condition: Code): Operation {
  const emit = (move: Code) => (): Code => (condition.length === 0 ? move : [condition, when(move)]);
  return { opcode, flags: 0, uses: operands, emit: emit(jumpNear), far: emit(jumpFar) };
}

const growMemory = (place: Place): Code => [
  sumToX(extended(load(state.pages)), extended(read("a", I32))),
  extended(load(state.maxPages)),
  op.i64GtU,
  either(write(i32(-1), I32), [
    get(local.x),
    op.i32WrapI64,
    i32(MEMORY / WASM_PAGE),
    op.i32Add,
    memorySize,
    op.i32Sub,
    tee(local.t),
    i32(0),
    0x4a, // i32.gt_s
    when(
      get(local.t),
      memoryGrow,
      i32(-1),
      op.i32Eq,
      // The host's failure is no result: the step is taken back.
      when(
        store(state.reason, i32(reason.hostMemory)),
        [get(local.ip), i32(16), op.i32Sub, set(local.ip)],
        [get(local.steps), i32(1), op.i32Add, set(local.steps)],
        br(place.exit + 3),
      ),
    ),
    write(load(state.pages), I32),
    store(state.pages, [get(local.x), op.i32WrapI64]),
    store64(state.memoryBytes, [get(local.x), i64(16), op.i64Shl]),
  ]),
];

const callIndirect = (place: Place): Code => [
  trapIf([read("b", I32), tee(local.t), low, op.i32GeU], status.tableIndex, place),
  trapIf(slotOutOfRange, status.illegal, place),
  [slotAtT, at(access.i64Load, SLOTS), tee(local.x), i64(32), op.i64ShrU, high64],
  [0x52], // i64.ne
  when(store(state.status, i32(status.wrongCallee)), br(place.exit + 1)),
  linkAndMove,
  [get(local.x), op.i32WrapI64, set(local.t)],
  jumpToT(CODE_LENGTH, CODE_FAR),
  changeLoop(place),
];

const returnToLink = (place: Place): Code => [
  [read("a", I64), tee(local.x), op.i32WrapI64, set(local.t)],
  [get(local.x), i64(32), op.i64ShrU, op.i32WrapI64, tee(local.u), i32(3), op.i32Shl, set(local.fp)],
  [get(local.u), i32(SLOT_COUNT), op.i32GtU],
  when(store(state.fp, get(local.u)), i32(WILD_FP), set(local.fp)),
  jumpToT(CODE_LENGTH, CODE_FAR),
  changeLoop(place),
];

/** Puts the index of a table's slot into t: s[a] checked against hi, plus lo. */
const tableSlot = (place: Place): Code => [
  trapIf([read("a", I32), tee(local.t), high, op.i32GeU], status.tableIndex, place),
  sumToX(low64, extended(get(local.t))),
  [constant64(SLOT_COUNT), op.i64GeU],
  when(store(state.status, i32(status.illegal)), br(place.exit + 1)),
  [get(local.x), op.i32WrapI64, set(local.t)],
];
const lowSlot: Code = [low, set(local.t)];

const operation = (opcode: number, operands: number, emit: (place: Place) => Code): Operation => ({
  opcode,
  flags: 0,
  uses: operands,
  emit,
});

/** Everything but loads, stores and arithmetic. */
export const controlOperations: readonly Operation[] = [
  operation(0x00, 0, (place) => trap(status.unreachable, place)),
  operation(0x01, 0, (place) => [
    sumToX(extended([get(local.fp), i32(3), op.i32ShrU]), high64),
    [constant64(SLOT_COUNT), op.i64GtU],
    when(store(state.status, i32(status.stackExhausted)), br(place.exit + 1)),
    charge(place),
  ]),
  operation(0x02, 0, charge),
  operation(0x03, 0, () => [store64(state.fuel, [load(state.fuel, I64), low64, op.i64Add])]),
  jump(0x04, a, [read("a", I32), op.i32Eqz]),
  operation(0x05, a | b, (place) => [
    trapIf([read("b", I32), tee(local.t), i32(MAX_OUT_LEN), op.i32GtU], status.illegal, place),
    store(state.exitCode, read("a", I32)),
    store(state.outLen, get(local.t)),
    trap(status.exited, place),
  ]),
  operation(0x06, d, () => write(load(state.fuel, I64), I64)),
  operation(0x07, d, () => write(load(state.inLen, I64), I64)),
  jump(0x0c, 0, []),
  jump(0x0d, a, [read("a", I32)]),
  operation(0x0e, a, () => [
    [read("a", I32), tee(local.t), low, tee(local.u), get(local.t), get(local.u), op.i32LtU, op.select],
    [get(local.ip), i32(4), op.i32ShrU, op.i32Add, set(local.t)],
    jumpToT(CODE_LENGTH, CODE_FAR),
  ]),
  operation(0x0f, a, returnToLink),
  {
    ...operation(0x10, link, (place) => [linkAndMove, jumpNear, changeLoop(place)]),
    far: (place) => [linkAndMove, jumpFar, changeLoop(place)],
  },
  operation(0x11, b | link, callIndirect),
  operation(0x1b, d | a | b | uses.third, () =>
    write([read("a", I64), read("b", I64), slotOf(third), at(access.i32Load, SLOTS), op.select], I64),
  ),
  operation(0x20, d | a, () => write(read("a", I64), I64)),
  {
    ...operation(0x23, d, () => [lowSlot, write([slotAtT, at(access.i64Load, SLOTS)], I64)]),
    absoluteSlot: true,
  },
  {
    ...operation(0x24, a, () => [lowSlot, slotAtT, read("a", I64), at(access.i64Store, SLOTS)]),
    absoluteSlot: true,
  },
  operation(0x25, d | a, (place) => [tableSlot(place), write([slotAtT, at(access.i64Load, SLOTS)], I64)]),
  operation(0x26, a | b, (place) => [tableSlot(place), slotAtT, read("b", I64), at(access.i64Store, SLOTS)]),
  operation(0x3f, d, () => write(load(state.pages), I32)),
  operation(0x40, d | a, growMemory),
  operation(0x41, d, () => write(immediate(I64), I64)),
];
