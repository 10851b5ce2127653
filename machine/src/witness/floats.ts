const CANONICAL = { 32: 0x7fc00000n, 64: 0x7ff8000000000000n } as const;
const SIGN = { 32: 1n << 31n, 64: 1n << 63n } as const;
type Width = keyof typeof CANONICAL;

/** The number whose bits these are. */
export function toNumber(width: Width, bits: bigint): number {
  const view = new DataView(new ArrayBuffer(8));
  if (width === 64) {
    view.setBigUint64(0, bits);
    return view.getFloat64(0);
  }
  view.setUint32(0, Number(BigInt.asUintN(32, bits)));
  return view.getFloat32(0);
}

/** The bits of a number, rounded to the width (to nearest, ties to even); every NaN is the canonical one. */
export function fromNumber(width: Width, value: number): bigint {
  if (Number.isNaN(value)) return CANONICAL[width];
  const view = new DataView(new ArrayBuffer(8));
  if (width === 64) {
    view.setFloat64(0, value);
    return view.getBigUint64(0);
  }
  view.setFloat32(0, value);
  return BigInt(view.getUint32(0));
}

/** In WebAssembly's order: eq ne lt gt le ge. */
export function compareFloats(width: Width, index: number, a: bigint, b: bigint): bigint {
  const [x, y] = [toNumber(width, a), toNumber(width, b)];
  return [x === y, x !== y, x < y, x > y, x <= y, x >= y][index] === true ? 1n : 0n;
}

/**
 * In WebAssembly's order: abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign. A result of 32 bits is
 * computed in 64 and rounded: for these operations the two roundings give what one would (2 × 24 + 2 ≤ 53 bits).
 */
export function computeFloat(width: Width, index: number, a: bigint, b: bigint): bigint {
  const sign = SIGN[width];
  const magnitude = BigInt.asUintN(width - 1, a);
  if (index === 0) return magnitude;
  if (index === 1) return BigInt.asUintN(width, a) ^ sign;
  if (index === 13) return magnitude | (b & sign);
  const [x, y] = [toNumber(width, a), toNumber(width, b)];
  const operations: (() => number)[] = [
    () => Math.ceil(x),
    () => Math.floor(x),
    () => Math.trunc(x),
    () => nearest(x),
    () => Math.sqrt(x),
    () => x + y,
    () => x - y,
    () => x * y,
    () => x / y,
    () => Math.min(x, y),
    () => Math.max(x, y),
  ];
  return fromNumber(width, operations[index - 2]?.() ?? 0);
}

/** The nearest integer, the even one of two; keeps the sign of a zero. */
function nearest(value: number): number {
  if (!Number.isFinite(value) || value === 0) return value;
  const below = Math.floor(value);
  const distance = value - below;
  const up = distance > 0.5 || (distance === 0.5 && below % 2 !== 0);
  const rounded = up ? below + 1 : below;
  return rounded === 0 && value < 0 ? -0 : rounded;
}

/** The bits of the float nearest to an integer of at most 64 bits, ties to even. */
export function integerToFloat(width: Width, integer: bigint): bigint {
  if (width === 64) return fromNumber(64, Number(integer));
  const magnitude = integer < 0n ? -integer : integer;
  if (magnitude < 1n << 53n) return fromNumber(32, Number(integer));
  // Rounded once only: 53 bits that are exact in a double, of which the lowest stands for all that were cut off.
  const cut = magnitude >> 11n;
  const sticky = cut << 11n === magnitude ? cut : cut | 1n;
  const rounded = Math.fround(Number(sticky)) * 2048;
  return fromNumber(32, integer < 0n ? -rounded : rounded);
}
