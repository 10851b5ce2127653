import { MEMORY, OP } from "../wasm/opcodes.ts";
import { F32, F64, I32, I64, sameType } from "../wasm/types.ts";
import type { FunctionType } from "../wasm/types.ts";

/** The module from which a library imports the machine's own instructions. */
export const INTRINSIC_MODULE = "millrace";

/** Spaces beside the program's memory, by their number in the machine, which is also the number of the native memory. */
export const SPACE = { memory: 0, input: 1, output: 2, data: 3 } as const;

/** A function of a library that is one instruction of the machine. */
export interface Intrinsic {
  kind: "load" | "store" | "fuel" | "inputLength" | "halt" | "grow";
  /** With `load` and `store`: the opcode and the space. */
  op: number;
  space: number;
  type: FunctionType;
}

const load = (op: number, space: number): Intrinsic => ({
  ...{ kind: "load", op, space },
  type: { params: [I32], results: [MEMORY[op]?.type ?? I32] },
});
const store = (op: number, space: number): Intrinsic => ({
  ...{ kind: "store", op, space },
  type: { params: [I32, MEMORY[op]?.type ?? I32], results: [] },
});
const special = (kind: Intrinsic["kind"], params: number[], results: number[]): Intrinsic => ({
  ...{ kind, op: 0, space: 0, type: { params, results } },
});

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  input_load8_u: load(0x2d, SPACE.input),
  input_load32: load(0x28, SPACE.input),
  input_load64: load(0x29, SPACE.input),
  output_store8: store(0x3a, SPACE.output),
  output_store32: store(0x36, SPACE.output),
  output_store64: store(0x37, SPACE.output),
  data_load8_u: load(0x2d, SPACE.data),
  data_load64: load(0x29, SPACE.data),
  fuel: special("fuel", [], [I64]),
  input_length: special("inputLength", [], [I32]),
  halt: special("halt", [I32, I32], []),
  grow: special("grow", [I32], [I32]),
};

/** The instruction behind a library's import from `millrace`. */
export function intrinsicOf(name: string, type: FunctionType): Intrinsic {
  const intrinsic = INTRINSICS[name];
  if (intrinsic === undefined || !sameType(intrinsic.type, type))
    throw new Error(`There is no intrinsic ${name} of this type.`);
  return intrinsic;
}

/** The constant instruction of each type. */
export const CONSTANT_OP: Readonly<Record<number, number>> = {
  [I32]: OP.i32Const,
  [I64]: OP.i64Const,
  [F32]: OP.f32Const,
  [F64]: OP.f64Const,
};
