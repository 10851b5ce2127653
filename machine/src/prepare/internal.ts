import { ByteWriter } from "../encode/byte-writer.ts";
import type { Module } from "../wasm/module.ts";
import { OP } from "../wasm/opcodes.ts";
import { I32 } from "../wasm/types.ts";

// Functions that this package writes itself. Only they use table.get and table.set.

const VOID = 0x40;
const EXTEND_U = 0xad;
const I64_GT_U = 0x56;
const I32_GT_U = 0x4b;
const [TARGET, SOURCE, COUNT, FIRST, LENGTH] = [0, 1, 2, 3, 4];

/** A module of one function. `params` and `bytes` are its parameters and its code, without the last `end`. */
function oneFunction(params: number, code: ByteWriter): Module {
  code.byte(OP.end);
  const bytes = Uint8Array.of(0, ...code.view());
  const type = { params: Array.from({ length: params }, () => I32), results: [] };
  return { ...emptyModule(bytes), types: [type], functions: [0], bodies: [{ start: 0, end: bytes.length }] };
}

function emptyModule(bytes: Uint8Array): Module {
  return {
    ...{ bytes, types: [], imports: [], functions: [], importedFunctions: 0, table: undefined },
    ...{ memory: undefined, globals: [], importedGlobals: 0, exports: [], start: undefined },
    ...{ elements: [], dataCount: undefined, bodies: [], data: [] },
  };
}

/** Traps as a table access out of bounds if `local + COUNT` is more than what is pushed by `limit`. */
function check(code: ByteWriter, local: number, limit: () => void): void {
  for (const operand of [local, COUNT]) code.bytes([OP.localGet, operand, EXTEND_U]);
  code.byte(OP.i64Add);
  limit();
  code.bytes([EXTEND_U, I64_GT_U, OP.if, VOID, OP.i32Const, 0x7f, OP.tableGet, 0, OP.drop, OP.end]);
}

function add(code: ByteWriter, local: number, value: 1 | -1): void {
  code.bytes([OP.localGet, local, OP.i32Const, value & 0x7f, OP.i32Add, OP.localSet, local]);
}

/** Runs `turn` COUNT times, counting down. */
function repeat(code: ByteWriter, turn: () => void): void {
  code.bytes([OP.block, VOID, OP.loop, VOID, OP.localGet, COUNT, OP.i32Eqz, OP.brIf, 1]);
  add(code, COUNT, -1);
  turn();
  code.bytes([OP.br, 0, OP.end, OP.end]);
}

/** `table.copy(target, source, count)` within the table of `length` entries. */
export function writeTableCopy(length: number): Module {
  const code = new ByteWriter();
  const limit = (): void => {
    code.byte(OP.i32Const);
    code.s32(length);
  };
  check(code, SOURCE, limit);
  check(code, TARGET, limit);
  const move = (): void =>
    code.bytes([OP.localGet, TARGET, OP.localGet, SOURCE, OP.tableGet, 0, OP.tableSet, 0]);
  code.bytes([OP.localGet, TARGET, OP.localGet, SOURCE, I32_GT_U, OP.if, VOID]);
  // Upwards in place: the last entry first.
  for (const local of [TARGET, SOURCE])
    code.bytes([OP.localGet, local, OP.localGet, COUNT, OP.i32Add, OP.localSet, local]);
  repeat(code, () => {
    add(code, TARGET, -1);
    add(code, SOURCE, -1);
    move();
  });
  code.byte(OP.else);
  repeat(code, () => {
    move();
    add(code, TARGET, 1);
    add(code, SOURCE, 1);
  });
  code.byte(OP.end);
  return oneFunction(3, code);
}

/** `table.init(target, source, count, first, length)` from the hidden table, in which the segment has `length` entries from `first` on. */
export function writeTableInit(tableLength: number): Module {
  const code = new ByteWriter();
  check(code, SOURCE, () => code.bytes([OP.localGet, LENGTH]));
  check(code, TARGET, () => {
    code.byte(OP.i32Const);
    code.s32(tableLength);
  });
  repeat(code, () => {
    code.bytes([OP.localGet, TARGET, OP.localGet, FIRST, OP.localGet, SOURCE, OP.i32Add]);
    code.bytes([OP.tableGet, 1, OP.tableSet, 0]);
    add(code, TARGET, 1);
    add(code, SOURCE, 1);
  });
  return oneFunction(5, code);
}

/** Runs a module from its begin: its given functions one after the other, the last one with the argument 0. */
export function writeRun(steps: number): Module {
  const code = new ByteWriter();
  for (let step = 0; step < steps; step++) {
    if (step === steps - 1) code.bytes([OP.i32Const, 0]);
    code.bytes([OP.call, step]);
  }
  const module = oneFunction(0, code);
  const [nothing, exit] = [
    { params: [], results: [] },
    { params: [I32], results: [] },
  ];
  return {
    ...module,
    types: [nothing, exit],
    functions: [...Array.from({ length: steps }, (_unused, step) => (step === steps - 1 ? 1 : 0)), 0],
    importedFunctions: steps,
  };
}
