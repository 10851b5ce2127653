import type { Code } from "../encode/instructions.ts";
import type { Place } from "./emit.ts";

/** Which slots an operation names relative to fp: its operands, SELECT's third, and the link of a call, `a + d`. */
export const uses = { d: 1, a: 2, b: 4, third: 8, link: 16 } as const;

/** An operation of the interpreter: an instruction's opcode with given flags, and the code that does its effect. */
export interface Operation {
  opcode: number;
  flags: number;
  /** Sum of `uses`. These indices are in range when `emit`'s code runs. */
  uses: number;
  /** Runs with ip behind the instruction and falls through to the next one. */
  emit: (place: Place) => Code;
  /** Only jumps, whose low half of imm is a pc: what is done instead when no instruction can stand at that pc. */
  far?: (place: Place) => Code;
  /** The low half of imm names a slot; out of range the instruction is illegal. */
  absoluteSlot?: boolean;
}
