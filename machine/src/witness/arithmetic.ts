import { status } from "../status.ts";
import { compareFloats, computeFloat, fromNumber, integerToFloat, toNumber } from "./floats.ts";

/** A number's width in bits. */
export type Width = 32 | 64;
/** The bits of a result, or the status of a trap. */
export type Outcome = bigint | { trap: number };

const unsigned = (width: number, value: bigint): bigint => BigInt.asUintN(width, value);
const signed = (width: number, value: bigint): bigint => BigInt.asIntN(width, value);
const truth = (value: boolean): bigint => (value ? 1n : 0n);
const between = (value: number, first: number, last: number): boolean => first <= value && value <= last;

/** Whether a numeric opcode takes two operands, one, or is none. */
export function operandCount(opcode: number): 0 | 1 | 2 {
  const binary: [number, number][] = [
    [0x46, 0x4f],
    [0x51, 0x66],
    [0x6a, 0x78],
    [0x7c, 0x8a],
    [0x92, 0x98],
    [0xa0, 0xa6],
  ];
  if (binary.some(([first, last]) => between(opcode, first, last))) return 2;
  return between(opcode, 0x45, 0xc4) || between(opcode, 0xd0, 0xd7) ? 1 : 0;
}

/** A numeric instruction of the machine on the bits of its operands, which are 64 wide; so is the result. */
export function compute(opcode: number, a: bigint, b: bigint): Outcome {
  if (opcode === 0x45) return truth(unsigned(32, a) === 0n);
  if (opcode === 0x50) return truth(a === 0n);
  if (between(opcode, 0x46, 0x4f)) return compareIntegers(32, opcode - 0x46, a, b);
  if (between(opcode, 0x51, 0x5a)) return compareIntegers(64, opcode - 0x51, a, b);
  if (between(opcode, 0x5b, 0x60)) return compareFloats(32, opcode - 0x5b, a, b);
  if (between(opcode, 0x61, 0x66)) return compareFloats(64, opcode - 0x61, a, b);
  if (between(opcode, 0x67, 0x78)) return computeInteger(32, opcode - 0x67, a, b);
  if (between(opcode, 0x79, 0x8a)) return computeInteger(64, opcode - 0x79, a, b);
  if (between(opcode, 0x8b, 0x98)) return computeFloat(32, opcode - 0x8b, a, b);
  if (between(opcode, 0x99, 0xa6)) return computeFloat(64, opcode - 0x99, a, b);
  if (opcode >= 0xd0) return convertSaturating(opcode - 0xd0, a);
  return convert(opcode, a);
}

/** In WebAssembly's order: eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u. */
function compareIntegers(width: Width, index: number, a: bigint, b: bigint): bigint {
  // eq and ne, then by pairs a signed and an unsigned comparison
  const view = index >= 2 && index % 2 === 0 ? signed : unsigned;
  const [x, y] = [view(width, a), view(width, b)];
  const results = [x === y, x !== y, x < y, x < y, x > y, x > y, x <= y, x <= y, x >= y, x >= y];
  return truth(results[index] ?? false);
}

/** In WebAssembly's order: clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr. */
function computeInteger(width: Width, index: number, a: bigint, b: bigint): Outcome {
  const [x, y] = [unsigned(width, a), unsigned(width, b)];
  const [sx, sy] = [signed(width, a), signed(width, b)];
  const size = BigInt(width);
  const bits = x.toString(2).padStart(width, "0");
  const by = y % size;
  if (index >= 6 && index <= 9 && y === 0n) return { trap: status.divisionByZero };
  if (index === 6 && sy === -1n && sx === -(1n << (size - 1n))) return { trap: status.integerOverflow };
  const operations: (() => bigint)[] = [
    () => BigInt(`${bits}1`.indexOf("1")),
    () => (x === 0n ? size : BigInt(width - 1 - bits.lastIndexOf("1"))),
    () => BigInt(bits.replaceAll("0", "").length),
    () => x + y,
    () => x - y,
    () => x * y,
    () => sx / sy,
    () => x / y,
    () => sx % sy,
    () => x % y,
    () => x & y,
    () => x | y,
    () => x ^ y,
    () => x << by,
    () => sx >> by,
    () => x >> by,
    () => (x << by) | (x >> (size - by)),
    () => (x >> by) | (x << (size - by)),
  ];
  return unsigned(width, operations[index]?.() ?? 0n);
}

/** 0xA7 to 0xC4. */
function convert(opcode: number, a: bigint): Outcome {
  const extended: Readonly<Record<number, readonly [from: number, to: Width]>> = {
    0xac: [32, 64],
    0xc0: [8, 32],
    0xc1: [16, 32],
    0xc2: [8, 64],
    0xc3: [16, 64],
    0xc4: [32, 64],
  };
  const extension = extended[opcode];
  if (extension !== undefined) return unsigned(extension[1], signed(extension[0], a));
  // wrap and extend_u; reinterpretations of 32 bits
  if ([0xa7, 0xad, 0xbc, 0xbe].includes(opcode)) return unsigned(32, a);
  if (opcode === 0xbd || opcode === 0xbf) return a;
  if (opcode === 0xb6) return fromNumber(32, toNumber(64, a));
  if (opcode === 0xbb) return fromNumber(64, toNumber(32, a));
  if (between(opcode, 0xb2, 0xb5)) return integerToFloat(32, integerOf(opcode - 0xb2, a));
  if (between(opcode, 0xb7, 0xba)) return integerToFloat(64, integerOf(opcode - 0xb7, a));
  // i32 from f32, f64, then i64 from f32, f64; each signed, then unsigned
  const index = opcode - (opcode <= 0xab ? 0xa8 : 0xae);
  return truncate(opcode <= 0xab ? 32 : 64, index, a);
}

/** The integer that a float is converted from: i32 signed, unsigned, i64 signed, unsigned. */
function integerOf(index: number, a: bigint): bigint {
  const width = index < 2 ? 32 : 64;
  return index % 2 === 0 ? signed(width, a) : unsigned(width, a);
}

/** The integer to which a float is truncated, with the least and the largest that there is room for. */
function truncated(
  width: Width,
  index: number,
  a: bigint,
): { value: number; least: bigint; largest: bigint } {
  const isSigned = index % 2 === 0;
  return {
    value: Math.trunc(toNumber(index < 2 ? 32 : 64, a)),
    least: isSigned ? -(1n << BigInt(width - 1)) : 0n,
    largest: (1n << BigInt(isSigned ? width - 1 : width)) - 1n,
  };
}

function truncate(width: Width, index: number, a: bigint): Outcome {
  const { value, least, largest } = truncated(width, index, a);
  if (!Number.isFinite(value)) return { trap: status.noSuchInteger };
  const integer = BigInt(value);
  if (integer < least || integer > largest) return { trap: status.noSuchInteger };
  return unsigned(width, integer);
}

/** i32 from f32, f64, then i64 from f32, f64; each signed, then unsigned. */
function convertSaturating(index: number, a: bigint): bigint {
  const width = index < 4 ? 32 : 64;
  const { value, least, largest } = truncated(width, index % 4, a);
  if (Number.isNaN(value)) return 0n;
  if (!Number.isFinite(value)) return unsigned(width, value < 0 ? least : largest);
  const integer = BigInt(value);
  return unsigned(width, integer < least ? least : integer > largest ? largest : integer);
}
