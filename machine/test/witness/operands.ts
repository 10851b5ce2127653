import fc from "fast-check";
import { F32, F64, I32, I64 } from "../../src/encode/instructions.ts";
import type { ValueType } from "../../src/encode/instructions.ts";

const bits32 = (value: number): bigint => BigInt(new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0);
const bits64 = (value: number): bigint => new BigUint64Array(Float64Array.of(value).buffer)[0] ?? 0n;

/** Where floats are rounded, truncated and overflow. */
const floats = [
  0.5,
  1,
  1.5,
  2.5,
  3.5,
  0.49999999999999994,
  8388607.5,
  4503599627370495.5,
  1e-45,
  5e-324,
  1.1754944e-38,
  3.4028234663852886e38,
  1.7976931348623157e308,
  127.9,
  2 ** 24 + 1,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 31 - 0.5,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 53,
  2 ** 63 - 1024,
  2 ** 63,
  2 ** 64 - 2048,
  2 ** 64,
  Infinity,
  0,
  3.1415926,
  1.0000000596046448,
];
/** Operands at which operations change what they do, by type. */
export const edges: Readonly<Record<ValueType, bigint[]>> = {
  [I32]: [
    0n,
    1n,
    2n,
    31n,
    32n,
    33n,
    127n,
    128n,
    0x8000n,
    0x1000001n,
    0x7fffffffn,
    0x80000000n,
    0x80000001n,
    0xfffffffen,
    0xffffffffn,
  ],
  [I64]: [
    [
      0n,
      1n,
      2n,
      63n,
      64n,
      65n,
      128n,
      0x8000n,
      0x7fffffffn,
      0x80000000n,
      0xffffffffn,
      2n ** 53n + 1n,
      2n ** 62n + 2n ** 38n,
    ],
    [
      2n ** 62n + 2n ** 38n + 1n,
      2n ** 62n + 3n * 2n ** 38n,
      2n ** 63n - 1n,
      2n ** 63n,
      2n ** 63n + 1n,
      2n ** 64n - 1n,
      2n ** 64n - 2n,
    ],
  ].flat(),
  [F32]: [
    ...floats.flatMap((value) => [bits32(value), bits32(-value)]),
    0x7fc00000n,
    0x7fa00001n,
    0xffc12345n,
  ],
  [F64]: [
    ...floats.flatMap((value) => [bits64(value), bits64(-value)]),
    0x7ff8000000000000n,
    0x7ff4000000000001n,
    0xfff8123456789abcn,
  ],
};

/** Operands that are edges now and then; the high half of a 32-bit operand is no matter. */
export function operand(type: ValueType): fc.Arbitrary<bigint> {
  const any = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  if (type === I64 || type === F64) return fc.oneof(fc.constantFrom(...edges[type]), any);
  return fc.oneof(
    any,
    fc.tuple(fc.constantFrom(...edges[type]), any).map(([edge, high]) => edge | (high & 0xffffffff00000000n)),
  );
}
