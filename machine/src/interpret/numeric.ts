import type { ValueType } from "../encode/instructions.ts";
import { nanEffect, NUMERIC } from "../wasm/opcodes.ts";

/** How a numeric instruction can trap. */
type Trap = "divide" | "divideSigned" | "truncate";

/** A numeric instruction: what it takes from its slots and gives. */
export interface NumericOperation {
  opcode: number;
  params: readonly ValueType[];
  result: ValueType;
  /** Its result can be a NaN that it computed, which is made canonical. */
  computesNan: boolean;
  trap?: Trap;
}

const within = (opcode: number, first: number, last: number): boolean => first <= opcode && opcode <= last;

function trapOf(opcode: number): { trap?: Trap } {
  if (opcode === 0x6d || opcode === 0x7f) return { trap: "divideSigned" };
  if (within(opcode, 0x6e, 0x70) || within(opcode, 0x80, 0x82)) return { trap: "divide" };
  if (within(opcode, 0xa8, 0xab) || within(opcode, 0xae, 0xb1)) return { trap: "truncate" };
  return {};
}

/** Every numeric instruction of the machine (docs/machine.md, 0x45–0xC4 and 0xD0–0xD7). */
export const numericOperations: readonly NumericOperation[] = NUMERIC.flatMap((type, opcode) => {
  if (type === undefined) return [];
  // Numeric instructions take and give numbers alone, one of them.
  const { params, results } = type as { params: ValueType[]; results: [ValueType] };
  return [
    { opcode, params, result: results[0], computesNan: nanEffect(opcode) === "makes", ...trapOf(opcode) },
  ];
});

/** Loads and stores: bytes in memory; loads give all 64 bits of the slot, stores take the low bytes of it. */
export const loadSizes: Readonly<Record<number, number>> = {
  0x28: 4,
  0x29: 8,
  0x2a: 4,
  0x2b: 8,
  0x2c: 1,
  0x2d: 1,
  0x2e: 2,
  0x2f: 2,
  0x30: 1,
  0x31: 1,
  0x32: 2,
  0x33: 2,
  0x34: 4,
  0x35: 4,
};
export const storeSizes: Readonly<Record<number, number>> = {
  0x36: 4,
  0x37: 8,
  0x38: 4,
  0x39: 8,
  0x3a: 1,
  0x3b: 2,
  0x3c: 1,
  0x3d: 2,
  0x3e: 4,
};
