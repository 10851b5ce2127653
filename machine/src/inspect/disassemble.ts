import { CODE_LENGTH } from "../interpret/layout.ts";
import type { Program } from "../program.ts";
import { operandCount } from "../witness/arithmetic.ts";
import { namedSlots } from "../witness/step.ts";
import type { Operand } from "../witness/step.ts";
import { instructionAt, spacesOf } from "../witness/step-state.ts";
import type { Instruction } from "../witness/step-state.ts";
import { INSTRUCTION_NAMES } from "./instruction-names.ts";

/** An instruction in words. */
export interface Disassembled {
  /** As docs/machine.md or WebAssembly calls it; "illegal" for what no lowering writes. */
  name: string;
  /** Its operands as docs/machine.md writes them: s[x] is slot fp + x. */
  operands: string;
  /** Its 16 bytes. */
  bytes: Uint8Array;
  /** The slots that it names relative to fp; the link of a call is `l`, SELECT's third operand `t`. */
  slots: readonly (readonly [Operand, number])[];
}

const LEAF = 32;
const INSTRUCTION_BYTES = 16;
const SPACES = ["", " of the input", " of the output", " of the data"];

/** What follows the name, by opcode, of everything but loads, stores and arithmetic. */
const OPERANDS: Readonly<Record<number, (instruction: Instruction) => string>> = {
  0x01: ({ lo, hi }) => `${lo} units of fuel, a frame of ${hi} slots`,
  0x02: ({ lo }) => `${lo} units of fuel`,
  0x03: ({ lo }) => `${lo} units of fuel`,
  0x04: ({ a, lo }) => `s[${a}] to ${lo}`,
  0x05: ({ a, b }) => `exit code s[${a}], output length s[${b}]`,
  0x06: ({ d }) => `s[${d}]`,
  0x07: ({ d }) => `s[${d}]`,
  0x0c: ({ lo }) => `to ${lo}`,
  0x0d: ({ a, lo }) => `s[${a}] to ${lo}`,
  0x0e: ({ a, lo }) => `s[${a}], the last of the jumps behind it is number ${lo}`,
  0x0f: ({ a }) => `to the link s[${a}]`,
  0x10: ({ d, a, lo }) => `${lo}, fp + ${a}, link s[${a + d}]`,
  0x11: ({ d, a, b, lo, hi }) =>
    `table entry s[${b}] of ${lo}, type id ${hi - 1}, fp + ${a}, link s[${a + d}]`,
  0x1b: ({ d, a, b, lo }) => `s[${d}] = s[${a}] if s[${lo & 0xffff}], else s[${b}]`,
  0x20: ({ d, a }) => `s[${d}] = s[${a}]`,
  0x23: ({ d, lo }) => `s[${d}] = slot ${lo}`,
  0x24: ({ a, lo }) => `slot ${lo} = s[${a}]`,
  0x25: ({ d, a, lo, hi }) => `s[${d}] = slot ${lo} + s[${a}], of ${hi}`,
  0x26: ({ a, b, lo, hi }) => `slot ${lo} + s[${a}], of ${hi} = s[${b}]`,
  0x3f: ({ d }) => `s[${d}]`,
  0x40: ({ d, a }) => `s[${d}], by s[${a}] pages`,
  0x41: ({ d, imm }) => `s[${d}] = ${hex(imm)}`,
};

/**
 * The instruction of a program at a pc.
 * @returns undefined where no instruction can stand: from 2^20 on
 */
export function disassemble(program: Program, pc: number): Disassembled | undefined {
  if (pc >= CODE_LENGTH) return undefined;
  const leafOf = (index: number): Uint8Array => {
    const leaf = new Uint8Array(LEAF);
    leaf.set(program.code.subarray(index * LEAF, (index + 1) * LEAF));
    return leaf;
  };
  const instruction = instructionAt(leafOf, pc);
  const within = (pc % 2) * INSTRUCTION_BYTES;
  const bytes = leafOf(pc >>> 1).slice(within, within + INSTRUCTION_BYTES);
  const slots = namedSlots(instruction);
  const name = INSTRUCTION_NAMES[instruction.opcode];
  if (slots === undefined || name === undefined)
    return { name: "illegal", operands: `opcode ${instruction.opcode}`, bytes, slots: [] };
  return { name, operands: operandsOf(instruction), bytes, slots };
}

function operandsOf(instruction: Instruction): string {
  const { opcode, flags, d, a, b, imm, lo } = instruction;
  if (spacesOf(opcode) !== undefined) {
    const place = `[s[${a}] + ${lo}]${SPACES[flags >> 1] ?? ""}`;
    return opcode <= 0x35 ? `s[${d}] = ${place}` : `${place} = s[${b}]`;
  }
  const count = operandCount(opcode);
  if (count === 1) return `s[${d}] = s[${a}]`;
  if (count === 2) return `s[${d}] = s[${a}], ${flags === 1 ? hex(imm) : `s[${b}]`}`;
  return OPERANDS[opcode]?.(instruction) ?? "";
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;
