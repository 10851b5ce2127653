import fc from "fast-check";
import { F32, F64, I32 } from "../../../machine/src/encode/instructions.ts";
import type { ValueType } from "../../../machine/src/encode/instructions.ts";

interface Format {
  width: number;
  fractionBits: number;
}
const formats: Readonly<Record<typeof F32 | typeof F64, Format>> = {
  [F32]: { width: 32, fractionBits: 23 },
  [F64]: { width: 64, fractionBits: 52 },
};

const isFloat = (type: ValueType): type is typeof F32 | typeof F64 => type === F32 || type === F64;
const exponentBits = ({ width, fractionBits }: Format): number => width - 1 - fractionBits;

function compose({ width, fractionBits }: Format, sign: boolean, exponent: number, fraction: bigint): bigint {
  const signBit = sign ? 1n << BigInt(width - 1) : 0n;
  return signBit | (BigInt(exponent) << BigInt(fractionBits)) | fraction;
}

function bitsOf(type: typeof F32 | typeof F64, value: number): bigint {
  if (type === F64) return new BigUint64Array(Float64Array.of(value).buffer)[0] ?? 0n;
  return BigInt(new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0);
}

/** Halves and ties around integers, and the limits of integers; the neighbours of each are taken too. */
const remarkable = [0.5, 1, 1.5, 2.5, 3, 2 ** 31, 2 ** 32, 2 ** 63, 2 ** 64];
/** No neighbours of these. */
const others = [
  0.1,
  2,
  3.5,
  4.5,
  7,
  127.9,
  2 ** 22 + 0.5,
  2 ** 23 + 1,
  2 ** 24 + 1,
  2 ** 52 - 0.5,
  2 ** 52 + 1,
  2 ** 53,
  1e30,
];

/** Their roots, of 64 bits, are above a tie by less than 2^-50 of the last bit. */
const nearTies = [0x4005b95344972fe2n, 0x4004eb5f85e783a9n];

/** The bits of floats that are somewhere special, of both signs. */
function floatEdges(type: typeof F32 | typeof F64): bigint[] {
  const { width, fractionBits } = formats[type];
  const ulp = 1n << BigInt(fractionBits);
  const infinity = ((1n << BigInt(width - 1)) - 1n) ^ (ulp - 1n);
  const magnitudes = [
    ...[0n, 1n, 2n, 3n, ulp / 2n, ulp - 1n, ulp, ulp + 1n, 2n * ulp - 1n, 2n * ulp],
    ...[infinity - 1n, infinity - ulp, infinity],
    ...[infinity + 1n, infinity + ulp / 2n, infinity + ulp / 2n + 5n, infinity + ulp - 1n],
    ...remarkable.map((value) => bitsOf(type, value)).flatMap((bits) => [bits - 1n, bits, bits + 1n]),
    ...others.map((value) => bitsOf(type, value)),
    ...(type === F64 ? nearTies : []),
  ];
  const signBit = 1n << BigInt(width - 1);
  return [...new Set(magnitudes)].flatMap((bits) => [bits, bits | signBit]);
}

function integerEdges(width: number): bigint[] {
  // with what is just at and beside a tie when rounded to 24 and to 53 bits
  const ties = [24, 53]
    .filter((bits) => bits < width)
    .flatMap((bits) => {
      const half = 1n << BigInt(width - 1 - bits);
      const top = 1n << BigInt(width - 1);
      return [
        top + half - 1n,
        top + half,
        top + half + 1n,
        top + 3n * half,
        top / 2n + half / 2n,
        2n * top - half,
      ];
    });
  const powers = Array.from({ length: width }, (_unused, bit) => 1n << BigInt(bit));
  return [
    ...new Set([
      0n,
      ...ties,
      ...powers.flatMap((power) => [power - 1n, power, power + 1n]),
      (1n << BigInt(width)) - 1n,
    ]),
  ];
}

const edgesOf = (type: ValueType): bigint[] =>
  isFloat(type) ? floatEdges(type) : integerEdges(type === I32 ? 32 : 64);

/** Fractions that are random, or have few bits set at either end, so that ties and carries happen. */
function fractions(bits: number): fc.Arbitrary<bigint> {
  const any = fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n });
  const shift = fc.integer({ min: 0, max: bits });
  return fc.oneof(
    any,
    fc.tuple(any, shift).map(([x, by]) => (x >> BigInt(by)) << BigInt(by)),
    fc.tuple(any, shift).map(([x, by]) => x >> BigInt(by)),
    fc.tuple(any, shift).map(([x, by]) => BigInt.asUintN(bits, ~(x >> BigInt(by)))),
  );
}

/** Pairs of floats whose sum, product or quotient is rounded, nearly cancels, or comes near the ends of the range. */
function floatPairs(type: typeof F32 | typeof F64): fc.Arbitrary<[bigint, bigint]> {
  const format = formats[type];
  const { fractionBits } = format;
  const largest = 2 ** exponentBits(format) - 1;
  const bias = (largest - 1) / 2;
  const near = fc.integer({ min: -fractionBits - 3, max: fractionBits + 3 });
  const exponents = fc.tuple(fc.integer({ min: 0, max: largest }), near, fc.nat(3)).map(([e, by, kind]) => {
    // alike; a product at the lower or at the upper end; a quotient at the lower end
    const second = [e, bias - e, 3 * bias - e, e + bias][kind] ?? e;
    return [e, Math.min(largest, Math.max(0, second + by))] as const;
  });
  const fraction = fractions(fractionBits);
  return fc
    .tuple(exponents, fc.boolean(), fc.boolean(), fraction, fraction)
    .map(([[e, f], s, t, x, y]) => [compose(format, s, e, x), compose(format, t, f, y)]);
}

/** Single operands: integers of any length, floats in the range of integers, and any. */
function singles(type: ValueType): fc.Arbitrary<bigint> {
  if (!isFloat(type)) return fractions(type === I32 ? 32 : 64);
  const format = formats[type];
  const bias = 2 ** (exponentBits(format) - 1) - 1;
  const inRange = fc
    .tuple(fc.boolean(), fc.integer({ min: bias - 3, max: bias + 66 }), fractions(format.fractionBits))
    .map(([sign, exponent, fraction]) => compose(format, sign, exponent, fraction));
  return fc.oneof(
    inRange,
    floatPairs(type).map(([a]) => a),
  );
}

/** How many cases of an instruction to take. */
export interface Amount {
  edges: number;
  random: number;
  seed: number;
}

/** Operands of an instruction: pairs of edges, all of them if there is room, then random ones. */
export function casesOf(params: readonly ValueType[], { edges, random, seed }: Amount): [bigint, bigint][] {
  const [first = I32, second] = params;
  const firsts = edgesOf(first);
  const seconds = second === undefined ? [0n] : edgesOf(second);
  const pairs = firsts.flatMap((a) => seconds.map((b): [bigint, bigint] => [a, b]));
  const chosen =
    pairs.length <= edges ? pairs : fc.sample(fc.constantFrom(...pairs), { numRuns: edges, seed });
  const drawn: fc.Arbitrary<[bigint, bigint]> =
    second !== undefined && isFloat(first) ? floatPairs(first) : fc.tuple(singles(first), fc.constant(0n));
  return [...chosen, ...fc.sample(drawn, { numRuns: random, seed })];
}

/** Fills the high halves of 32-bit operands, and an operand that is not used, with what must not matter. */
export function withGarbage(params: readonly ValueType[], [a, b]: [bigint, bigint]): [bigint, bigint] {
  const garbage = 0xdeadbeef12345678n;
  const fill = (type: ValueType | undefined, bits: bigint): bigint => {
    if (type === undefined) return garbage;
    return type === F32 || type === I32 ? bits | (garbage & ~0xffffffffn) : bits;
  };
  return [fill(params[0], a), fill(params[1], b)];
}
