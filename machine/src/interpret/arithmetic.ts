import { F32, F64, I32, I64, f32, f64, get, i32, i64, op, set } from "../encode/instructions.ts";
import type { Code, ValueType } from "../encode/instructions.ts";
import { immediate, local, read, trapIf, write } from "./emit.ts";
import type { Place } from "./emit.ts";
import { SATURATING } from "../wasm/opcodes.ts";
import { numericOperations } from "./numeric.ts";
import type { NumericOperation } from "./numeric.ts";
import { uses } from "./operation.ts";
import type { Operation } from "./operation.ts";
import { status } from "../status.ts";

const CANONICAL_NAN: Readonly<Record<number, Code>> = {
  [F32]: [0x43, 0x00, 0x00, 0xc0, 0x7f],
  [F64]: [0x44, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f],
};

/** Locals that hold an operation's operands while they are checked. */
const held: Readonly<Record<ValueType, readonly [number, number]>> = {
  [I32]: [local.t, local.u],
  [I64]: [local.x, local.y],
  [F32]: [local.f, local.f],
  [F64]: [local.g, local.g],
};

/** Replaces a NaN on the stack. */
const canonical = (type: ValueType): Code => {
  const [value] = held[type];
  return [
    [set(value), get(value), CANONICAL_NAN[type] ?? []],
    [get(value), get(value), type === F32 ? op.f32Eq : op.f64Eq, op.select],
  ];
};

/** The numbers between which (exclusive) a float truncates to an integer, by opcode. */
const truncateRange: Readonly<Record<number, readonly [above: number, below: number, inclusive?: boolean]>> =
  {
    0xa8: [-(2 ** 31), 2 ** 31, true],
    0xa9: [-1, 2 ** 32],
    0xaa: [-(2 ** 31) - 1, 2 ** 31],
    0xab: [-1, 2 ** 32],
    0xae: [-(2 ** 63), 2 ** 63, true],
    0xaf: [-1, 2 ** 64],
    0xb0: [-(2 ** 63), 2 ** 63, true],
    0xb1: [-1, 2 ** 64],
  };

function checkTruncate(opcode: number, type: ValueType, place: Place): Code {
  const [above, below, inclusive = false] = truncateRange[opcode] ?? [0, 0];
  const [value] = held[type];
  const [constant, greater, greaterOrEqual, less] =
    type === F32 ? [f32, op.f32Gt, op.f32Ge, op.f32Lt] : [f64, op.f64Gt, op.f64Ge, op.f64Lt];
  return trapIf(
    [
      [get(value), constant(above), inclusive ? greaterOrEqual : greater],
      [get(value), constant(below), less, op.i32And, op.i32Eqz],
    ],
    status.noSuchInteger,
    place,
  );
}

function checkDivide(signed: boolean, type: ValueType, place: Place): Code {
  const [dividend, divisor] = held[type];
  const [isZero, equals, least] =
    type === I32 ? [op.i32Eqz, op.i32Eq, -(2 ** 31)] : [op.i64Eqz, op.i64Eq, -(2n ** 63n)];
  const equal = (value: number, to: number | bigint): Code => [
    get(value),
    type === I32 ? i32(Number(to)) : i64(to),
    equals,
  ];
  return [
    trapIf([get(divisor), isZero], status.divisionByZero, place),
    signed
      ? trapIf([equal(dividend, least), equal(divisor, -1), op.i32And], status.integerOverflow, place)
      : [],
  ];
}

function emit(operation: NumericOperation, second: Code, place: Place): Code {
  const { opcode, params, result, computesNan, trap } = operation;
  const [type = I32] = params;
  const values: Code[] = [read("a", type), second];
  const encoded: Code = opcode >= SATURATING ? [0xfc, opcode - SATURATING] : [opcode];
  const compute: Code = [encoded, computesNan ? canonical(result) : []];
  if (trap === undefined) return write([values, compute], result);
  const [first, other] = held[type];
  const hold: Code = params.length === 1 ? [set(first)] : [set(other), set(first)];
  const checks =
    trap === "truncate"
      ? checkTruncate(opcode, type, place)
      : checkDivide(trap === "divideSigned", type, place);
  const again: Code = params.length === 1 ? get(first) : [get(first), get(other)];
  return [values, hold, checks, write([again, compute], result)];
}

/** Numeric instructions; two operands can have the second one in imm (flags bit 0). */
export const arithmeticOperations: readonly Operation[] = numericOperations.flatMap((operation) => {
  const { opcode, params } = operation;
  const [, second] = params;
  if (second === undefined) {
    return [{ opcode, flags: 0, uses: uses.d | uses.a, emit: (place: Place) => emit(operation, [], place) }];
  }
  return [
    {
      opcode,
      flags: 0,
      uses: uses.d | uses.a | uses.b,
      emit: (place: Place) => emit(operation, read("b", second), place),
    },
    {
      opcode,
      flags: 1,
      uses: uses.d | uses.a,
      emit: (place: Place) => emit(operation, immediate(second), place),
    },
  ];
});
