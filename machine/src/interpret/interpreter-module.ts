import {
  I32,
  access,
  at,
  block,
  br,
  brIf,
  brTable,
  call,
  either,
  get,
  i32,
  loop,
  op,
  set,
  tee,
  when,
} from "../encode/instructions.ts";
import type { Code } from "../encode/instructions.ts";
import { encodeModule } from "../encode/module.ts";
import type { FunctionDefinition } from "../encode/module.ts";
import { accessOperations } from "./accesses.ts";
import { arithmeticOperations } from "./arithmetic.ts";
import { controlOperations } from "./control.ts";
import { LOCAL_TYPES, WILD_FP, load, local, operand, store, third, trap } from "./emit.ts";
import type { Place } from "./emit.ts";
import { CODE, CODE_FAR, CODE_LENGTH, MEMORY, SLOT_COUNT, USES, WASM_PAGE, reason, state } from "./layout.ts";
import { markSlots } from "./mark-slots.ts";
import { uses } from "./operation.ts";
import type { Operation } from "./operation.ts";
import { status } from "../status.ts";

/** Every operation. The first one is TRAP, since the code ends in zeros. */
export const operations: readonly Operation[] = [
  ...controlOperations,
  ...accessOperations,
  ...arithmeticOperations,
];

/** Dense numbers of what no instruction is written for: one that no lowering writes, and a pc where none can stand. */
export const ILLEGAL = operations.length;
export const NO_INSTRUCTION = ILLEGAL + 1;
const FIRST_FAR = NO_INSTRUCTION + 1;

const farOperations = operations.filter(({ far }) => far !== undefined);

/** The dense number of a jump whose target is no place for an instruction. */
export const farNumber = (operation: Operation): number => FIRST_FAR + farOperations.indexOf(operation);

const moveBack: Code = [get(local.ip), i32(16), op.i32Sub, set(local.ip)];

/** What is run for each dense number. */
const handlers: readonly ((place: Place) => Code)[] = [
  ...operations.map(({ emit }) => emit),
  (place) => trap(status.illegal, place),
  (place) => [moveBack, trap(status.illegal, place)],
  ...farOperations.map(({ far, emit }) => far ?? emit),
];

/** What each dense number's operation takes from slots. */
export const usesOf: readonly number[] = [
  ...operations.map((operation) => operation.uses),
  0,
  0,
  ...farOperations.map((operation) => operation.uses),
];

/** Ends with `illegal` if one of the slots that the instruction names lies beyond the slots. Takes its dense number from t. */
function checkSlots(exit: number): Code {
  const largest = (flag: number, index: Code): Code => [
    [get(local.t), i32(flag), op.i32And],
    when(get(local.u), index, get(local.u), index, op.i32GtU, op.select, set(local.u)),
  ];
  return [
    [get(local.t), at(access.i32Load8U, USES), tee(local.t)],
    when(
      [i32(0), set(local.u)],
      largest(uses.d, operand("d")),
      largest(uses.a, operand("a")),
      largest(uses.b, operand("b")),
      largest(uses.third, third),
      largest(uses.link, [operand("a"), operand("d"), op.i32Add]),
      [get(local.fp), i32(3), op.i32ShrU, get(local.u), op.i32Add, i32(SLOT_COUNT), op.i32GeU],
      when(store(state.status, i32(status.illegal)), br(exit + 2)),
    ),
  ];
}

/** One of the two loops: takes the number of steps to run, gives the number that is left. */
function interpreterLoop(checked: boolean): FunctionDefinition {
  const dense = [get(local.ip), at(access.i32Load16U, CODE - 16)];
  const last = handlers.length - 1;
  // Handler k stands behind the end of block k, in the blocks of those that come after it.
  let body: Code = block(
    checked ? [dense, set(local.t), checkSlots(handlers.length + 1)] : [],
    dense,
    brTable(
      handlers.map((_, index) => index),
      ILLEGAL,
    ),
  );
  handlers.forEach((emit, index) => {
    const next = last - index;
    const code: Code = [body, emit({ next, exit: next + 1, checked }), br(next)];
    body = index === last ? code : block(...code);
  });
  return {
    params: [I32],
    results: [I32],
    locals: LOCAL_TYPES,
    body: [
      enter,
      block(
        loop(
          [get(local.steps), op.i32Eqz, brIf(1)],
          [get(local.steps), i32(1), op.i32Sub, set(local.steps)],
          [get(local.ip), i32(16), op.i32Add, set(local.ip)],
          body,
        ),
      ),
      leave,
      get(local.steps),
    ],
  };
}

const enter: Code = [
  [load(state.pc), i32(4), op.i32Shl, set(local.ip)],
  [load(state.pc), i32(CODE_LENGTH), op.i32GtU],
  when(i32(CODE_FAR * 16), set(local.ip)),
  [load(state.fp), i32(3), op.i32Shl, set(local.fp)],
  [load(state.fp), i32(SLOT_COUNT), op.i32GtU],
  when(i32(WILD_FP), set(local.fp)),
];
// A far pc and a wild fp stand in the state already.
const leave: Code = [
  [get(local.ip), i32(CODE_FAR * 16), op.i32Ne],
  when(store(state.pc, [get(local.ip), i32(4), op.i32ShrU])),
  [get(local.fp), i32(WILD_FP), op.i32Ne],
  when(store(state.fp, [get(local.fp), i32(3), op.i32ShrU])),
];

/** Runs the loop that the frame needs, and the other one when the frame changes. */
const run: FunctionDefinition = {
  exportName: "run",
  params: [I32],
  results: [I32],
  locals: [],
  body: [
    loop(
      store(state.reason, i32(reason.none)),
      [load(state.fp), load(state.fpLimit), i32(3), op.i32ShrU, op.i32LeU],
      either([get(0), call(1), set(0)], [get(0), call(2), set(0)]),
      [get(0), i32(0), op.i32Ne, load(state.reason), i32(reason.otherLoop), op.i32Eq, op.i32And],
      [0x04, 0x40, br(1), 0x0b],
    ),
    get(0),
  ],
};

/** The interpreter as a WebAssembly module: its export `run` takes a number of steps and gives how many are left. */
export function encodeInterpreter(): Uint8Array {
  return encodeModule([run, interpreterLoop(false), interpreterLoop(true), markSlots], MEMORY / WASM_PAGE);
}
