import { ByteWriter } from "./byte-writer.ts";

/** Instructions of a function body, in order; parts may be nested as they were put together. */
export type Code = readonly (number | Code)[];

/** The value types of WebAssembly 1.0 in the binary format. */
export const I32 = 0x7f;
export const I64 = 0x7e;
export const F32 = 0x7d;
export const F64 = 0x7c;
export type ValueType = typeof I32 | typeof I64 | typeof F32 | typeof F64;
const NO_RESULT = 0x40;

/** Opcodes without immediates that are written by name; the others come from tables. */
export const op = {
  unreachable: 0x00,
  return: 0x0f,
  drop: 0x1a,
  select: 0x1b,
  i32Eqz: 0x45,
  i32Eq: 0x46,
  i32Ne: 0x47,
  i32LtU: 0x49,
  i32GtU: 0x4b,
  i32LeU: 0x4d,
  i32GeU: 0x4f,
  i64Eqz: 0x50,
  i64Eq: 0x51,
  i64LtU: 0x54,
  i64GtS: 0x55,
  i64GtU: 0x56,
  i64GeU: 0x5a,
  f32Eq: 0x5b,
  f32Lt: 0x5d,
  f32Gt: 0x5e,
  f32Ge: 0x60,
  f64Eq: 0x61,
  f64Lt: 0x63,
  f64Gt: 0x64,
  f64Ge: 0x66,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32And: 0x71,
  i32Or: 0x72,
  i32Shl: 0x74,
  i32ShrU: 0x76,
  i64Add: 0x7c,
  i64Sub: 0x7d,
  i64And: 0x83,
  i64Or: 0x84,
  i64Xor: 0x85,
  i64Shl: 0x86,
  i64ShrU: 0x88,
  i64Rotl: 0x89,
  i32WrapI64: 0xa7,
  i64ExtendI32U: 0xad,
  i32ReinterpretF32: 0xbc,
  i64ReinterpretF64: 0xbd,
  f32ReinterpretI32: 0xbe,
  f64ReinterpretI64: 0xbf,
} as const;

/** Loads and stores, by opcode. */
export const access = {
  i32Load: 0x28,
  i64Load: 0x29,
  i32Load8U: 0x2d,
  i32Load16U: 0x2f,
  i64Load32U: 0x35,
  i32Store: 0x36,
  i64Store: 0x37,
  i32Store8: 0x3a,
} as const;

const unsigned = (value: number): number[] => {
  const writer = new ByteWriter();
  writer.u32(value);
  return [...writer.finish()];
};
const signed = (value: number | bigint): number[] => {
  const writer = new ByteWriter();
  writer.s64(BigInt(value));
  return [...writer.finish()];
};
const float = (bytes: number, write: (view: DataView) => void): number[] => {
  const view = new DataView(new ArrayBuffer(bytes));
  write(view);
  return [...new Uint8Array(view.buffer)];
};

export const i32 = (value: number): Code => [0x41, signed(value | 0)];
export const i64 = (value: number | bigint): Code => [0x42, signed(BigInt.asIntN(64, BigInt(value)))];
export const f32 = (value: number): Code => [0x43, float(4, (view) => view.setFloat32(0, value, true))];
export const f64 = (value: number): Code => [0x44, float(8, (view) => view.setFloat64(0, value, true))];
export const get = (local: number): Code => [0x20, unsigned(local)];
export const set = (local: number): Code => [0x21, unsigned(local)];
export const tee = (local: number): Code => [0x22, unsigned(local)];
export const call = (index: number): Code => [0x10, unsigned(index)];
/** A load or store at the address on the stack plus `offset`, of any alignment. */
export const at = (opcode: number, offset = 0): Code => [opcode, 0, unsigned(offset)];
export const block = (...body: Code): Code => [0x02, NO_RESULT, ...body, 0x0b];
export const loop = (...body: Code): Code => [0x03, NO_RESULT, ...body, 0x0b];
/** Takes the condition from the stack. */
export const when = (...body: Code): Code => [0x04, NO_RESULT, ...body, 0x0b];
/** Takes the condition from the stack; leaves nothing on it. */
export const either = (then: Code, otherwise: Code): Code => [0x04, NO_RESULT, then, 0x05, otherwise, 0x0b];
export const br = (depth: number): Code => [0x0c, unsigned(depth)];
export const brIf = (depth: number): Code => [0x0d, unsigned(depth)];
export const brTable = (depths: number[], otherwise: number): Code => [
  0x0e,
  unsigned(depths.length),
  depths.map(unsigned),
  unsigned(otherwise),
];
export const memorySize: Code = [0x3f, 0];
export const memoryGrow: Code = [0x40, 0];
