/** Every numeric instruction of WebAssembly that a module may use, and values at its edges. */
import { createHash } from "node:crypto";
import type { TypeName } from "./types.ts";

/** An instruction's text with its operands' types and its result's. */
export interface Operation {
  name: string;
  params: TypeName[];
  result: TypeName;
}

const INTEGER_COMPARISONS = "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u".split(" ");
const INTEGER_UNARY = "clz ctz popcnt".split(" ");
const INTEGER_BINARY = "add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr".split(" ");
const FLOAT_COMPARISONS = "eq ne lt gt le ge".split(" ");
const FLOAT_UNARY = "abs neg ceil floor trunc nearest sqrt".split(" ");
const FLOAT_BINARY = "add sub mul div min max copysign".split(" ");
const INTEGERS: TypeName[] = ["i32", "i64"];
const FLOATS: TypeName[] = ["f32", "f64"];

const on = (type: TypeName, names: string[], arity: number, result: TypeName = type): Operation[] =>
  names.map((name) => ({ name: `${type}.${name}`, params: Array<TypeName>(arity).fill(type), result }));
const conversion = (to: TypeName, name: string, from: TypeName): Operation => ({
  name: `${to}.${name}`,
  params: [from],
  result: to,
});

/** All of them. */
export const OPERATIONS: Operation[] = [
  ...INTEGERS.flatMap((type) => [
    ...on(type, ["eqz"], 1, "i32"),
    ...on(type, INTEGER_COMPARISONS, 2, "i32"),
    ...on(type, INTEGER_UNARY, 1),
    ...on(type, INTEGER_BINARY, 2),
    ...on(type, ["extend8_s", "extend16_s"], 1),
    ...FLOATS.flatMap((from) =>
      ["trunc", "trunc_sat"].flatMap((kind) =>
        ["s", "u"].map((sign) => conversion(type, `${kind}_${from}_${sign}`, from)),
      ),
    ),
  ]),
  ...FLOATS.flatMap((type) => [
    ...on(type, FLOAT_COMPARISONS, 2, "i32"),
    ...on(type, FLOAT_UNARY, 1),
    ...on(type, FLOAT_BINARY, 2),
    ...INTEGERS.flatMap((from) =>
      ["s", "u"].map((sign) => conversion(type, `convert_${from}_${sign}`, from)),
    ),
  ]),
  ...on("i64", ["extend32_s"], 1),
  conversion("i32", "wrap_i64", "i64"),
  conversion("i64", "extend_i32_s", "i32"),
  conversion("i64", "extend_i32_u", "i32"),
  conversion("f32", "demote_f64", "f64"),
  conversion("f64", "promote_f32", "f32"),
  conversion("i32", "reinterpret_f32", "f32"),
  conversion("i64", "reinterpret_f64", "f64"),
  conversion("f32", "reinterpret_i32", "i32"),
  conversion("f64", "reinterpret_i64", "i64"),
];

/** Whether an instruction keeps a NaN's bits; all others give the canonical NaN. */
export function keepsBits(name: string): boolean {
  return /\.(abs|neg|copysign|reinterpret)/.test(name);
}

/** The canonical NaN where the bits are a NaN's. */
export function canonical(type: TypeName, bits: bigint): bigint {
  if (type === "f32" && (bits & 0x7fffffffn) > 0x7f800000n) return 0x7fc00000n;
  if (type === "f64" && (bits & 0x7fffffffffffffffn) > 0x7ff0000000000000n) return 0x7ff8000000000000n;
  return bits;
}

const around = (value: number): number[] => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  return [-1n, 0n, 1n].map((step) => {
    view.setBigUint64(0, bits + step);
    return view.getFloat64(0);
  });
};
const POSITIVE_FLOATS = [
  ...[0, 0.5, 1, 1.5, 2.5, 3, 0.1, 7, 255.5, 1e10, 1e20, 1e40, Number.MAX_VALUE, Number.MIN_VALUE, Infinity],
  ...[
    0.5,
    1,
    2 ** 23,
    2 ** 24,
    2 ** 31,
    2 ** 31 - 1,
    2 ** 32,
    2 ** 32 - 1,
    2 ** 52,
    2 ** 53,
    2 ** 63,
    2 ** 64,
  ].flatMap(around),
  ...[2 ** -126, 2 ** -149, 2 ** -150, 2 ** -1022, 2 ** 128, 3.4028234663852886e38].flatMap(around),
];

function floatBits(type: "f32" | "f64"): bigint[] {
  const view = new DataView(new ArrayBuffer(8));
  const numbers = POSITIVE_FLOATS.flatMap((value) => [value, -value]).map((value) => {
    if (type === "f64") view.setFloat64(0, value);
    else view.setFloat32(0, value);
    return type === "f64" ? view.getBigUint64(0) : BigInt(view.getUint32(0));
  });
  const nans =
    type === "f64"
      ? [
          0x7ff8000000000000n,
          0xfff8000000000000n,
          0x7ff0000000000001n,
          0xfff4000000000000n,
          0x7fffffffffffffffn,
        ]
      : [0x7fc00000n, 0xffc00000n, 0x7f800001n, 0xffa00000n, 0x7fffffffn];
  return [...new Set([...numbers, ...nans])];
}

function integerBits(width: 32 | 64): bigint[] {
  const powers = [7, 8, 15, 16, 31, 32, 63]
    .filter((power) => power < width)
    .map((power) => 1n << BigInt(power));
  const values = [
    0n,
    1n,
    2n,
    3n,
    10n,
    BigInt(width),
    BigInt(width + 1),
    ...powers,
    ...powers.map((power) => power - 1n),
  ];
  return [
    ...new Set(values.flatMap((value) => [value, -value]).map((value) => BigInt.asUintN(width, value))),
  ];
}

/** Values at the edges of each type, as bits. */
export const EDGES: Record<TypeName, bigint[]> = {
  i32: integerBits(32),
  i64: integerBits(64),
  f32: floatBits("f32"),
  f64: floatBits("f64"),
};

/** Bits that a seed and a place name: the same on every machine. */
export function randomBits(type: TypeName, ...names: (string | number)[]): bigint {
  const digest = createHash("sha256").update(names.join(" ")).digest();
  return type.endsWith("32") ? BigInt(digest.readUInt32LE()) : digest.readBigUInt64LE();
}
