import { DATA_LENGTH, OUTPUT_LENGTH, WASM_PAGE } from "../interpret/layout.ts";
import { status } from "../status.ts";
import type { Outcome } from "./arithmetic.ts";
import type { Instruction, LeafOf, StepState } from "./step-state.ts";

/** Loads by opcode: how many bytes, whether the value is extended with its sign, and to how many bits. */
const loads: Readonly<Record<number, readonly [bytes: number, signed: boolean, bits: number]>> = {
  0x28: [4, false, 32],
  0x29: [8, false, 64],
  0x2a: [4, false, 32],
  0x2b: [8, false, 64],
  0x2c: [1, true, 32],
  0x2d: [1, false, 32],
  0x2e: [2, true, 32],
  0x2f: [2, false, 32],
  0x30: [1, true, 64],
  0x31: [1, false, 64],
  0x32: [2, true, 64],
  0x33: [2, false, 64],
  0x34: [4, true, 64],
  0x35: [4, false, 64],
};
/** Bytes that a store writes, from 0x36 on. */
const stores = [4, 8, 4, 8, 1, 2, 1, 2, 4];

/** Nothing but the memory's tree says how long the memory is where a state claims more pages than there may be. */
const lengthOf = ({ registers, inLen, maxPages }: StepState, space: number): number =>
  [Math.min(registers.pages, maxPages) * WASM_PAGE, inLen, OUTPUT_LENGTH, DATA_LENGTH][space] ?? 0;

/** The leaf and the place in it of each byte, if they all lie within the space. */
function bytesOf(
  state: StepState,
  { flags, lo }: Instruction,
  base: number,
  count: number,
): { leaf: Uint8Array; at: number }[] | undefined {
  const space = flags >> 1;
  const leafOf: LeafOf | undefined = state.spaces[space];
  const address = base + lo;
  if (leafOf === undefined || address + count > lengthOf(state, space)) return undefined;
  return Array.from({ length: count }, (_, index) => ({
    leaf: leafOf(Math.floor((address + index) / 32)),
    at: (address + index) % 32,
  }));
}

/** A load: the value's bits as the slot gets them. */
export function loadValue(state: StepState, instruction: Instruction, base: number): Outcome {
  const [count, signed, bits] = loads[instruction.opcode] ?? [0, false, 0];
  const bytes = bytesOf(state, instruction, base, count);
  if (bytes === undefined) return { trap: status.memoryOutOfBounds };
  const value = bytes.reduceRight((sum, { leaf, at }) => (sum << 8n) | BigInt(leaf[at] ?? 0), 0n);
  return signed ? BigInt.asUintN(bits, BigInt.asIntN(count * 8, value)) : value;
}

/** A store; gives the status after it. */
export function storeValue(state: StepState, instruction: Instruction, base: number, value: bigint): number {
  const bytes = bytesOf(state, instruction, base, stores[instruction.opcode - 0x36] ?? 0);
  if (bytes === undefined) return status.memoryOutOfBounds;
  bytes.forEach(({ leaf, at }, index) => (leaf[at] = Number((value >> BigInt(index * 8)) & 0xffn)));
  return status.running;
}
