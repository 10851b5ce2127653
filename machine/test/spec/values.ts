/** Values of the suite as bits, and whether a result is what an assertion expects. */
import { TYPES } from "../paths/types.ts";
import type { SuiteValue } from "./archive.ts";

/** The bits of an argument. @throws if its type is no number type */
export function bitsOf({ type, value }: SuiteValue): bigint {
  if (!(type in TYPES) || typeof value !== "string")
    throw new Error(`a value of type ${type} cannot be passed`);
  if (value.startsWith("nan")) return type === "f32" ? 0x7fc00000n : 0x7ff8000000000000n;
  return BigInt.asUintN(type.endsWith("32") ? 32 : 64, BigInt(value));
}

/** Whether the bits are the expected value; the two NaN patterns as in the specification of the assertions. */
export function isExpected(expected: SuiteValue, bits: bigint): boolean {
  if (expected.values !== undefined) return expected.values.some((value) => isExpected(value, bits));
  if (expected.value === "nan:canonical" || expected.value === "nan:arithmetic") {
    const [sign, canonical] =
      expected.type === "f32" ? [1n << 31n, 0x7fc00000n] : [1n << 63n, 0x7ff8000000000000n];
    const withoutSign = bits & ~sign;
    return expected.value === "nan:canonical"
      ? withoutSign === canonical
      : (withoutSign & canonical) === canonical;
  }
  return bitsOf(expected) === bits;
}

/** A list of results for a message. */
export function show(results: readonly bigint[]): string {
  return results.length === 0 ? "nothing" : results.map((bits) => `0x${bits.toString(16)}`).join(", ");
}

/**
 * What a trap is called in the suite, by status; a text of the suite begins with one of them. For a float that is no integer
 * the machine, like V8, does not tell whether it is too large or a NaN.
 */
const TRAPS: Record<number, string[]> = {
  2: ["unreachable"],
  3: ["out of bounds memory access"],
  4: ["integer divide by zero"],
  5: ["integer overflow"],
  6: ["invalid conversion to integer", "integer overflow"],
  7: ["undefined element", "out of bounds table access"],
  8: ["uninitialized element", "indirect call type mismatch"],
  9: ["call stack exhausted"],
};

/** Whether the status is the trap that the suite's text names. */
export function isTrap(status: number, text: string): boolean {
  return (TRAPS[status] ?? []).some((name) => text.startsWith(name));
}
