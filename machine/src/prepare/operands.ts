import { invalid } from "../wasm/refuse.ts";
import { typeName, UNKNOWN } from "../wasm/types.ts";
import type { FunctionType } from "../wasm/types.ts";
import type { FloatStates } from "./float-locals.ts";

/** A NaN of this value has bits that every machine agrees on, or the value is none. */
export const CLEAN = 0;
/** The value is never a NaN, or the canonical one. */
export const NEVER_NAN = -1;

/** A block, loop, branch or function that the walk is in. */
export interface Control {
  kind: "function" | "block" | "loop" | "if" | "else";
  type: FunctionType;
  /** Operands below it. */
  height: number;
  /** The rest of it cannot be reached, for the validation. */
  isUnreachable: boolean;
  /** It can be reached at all: its code is written. */
  isLive: boolean;
  /** Some live code jumps to its label. */
  isTargeted: boolean;
  /** Some of it does by a table. */
  isTableTarget: boolean;
  /** Open segments when it began. */
  segments: number;
  /** Jumps to its label that may give fuel back. */
  exits: number[];
  /** With `if`: the jump over its branch. */
  skip: number;
  /** Where it begins in the module. */
  at: number;
  /** What float locals hold where jumps to its label come from; of an `if`, where it began. */
  floats: FloatStates | undefined;
  floatsAtIf: FloatStates | undefined;
  label: number;
  /** With `if`: where its other branch begins. */
  elseLabel: number;
  /** Locals known to be set when it began, as a length of the walk's trail. */
  trail: number;
}

/** Types of what a jump to a control's label takes. */
export function labelTypes({ kind, type }: Control): readonly number[] {
  return kind === "loop" ? type.params : type.results;
}

/**
 * The operand stack of the validation, with the origin of each value: CLEAN, NEVER_NAN, or where in the instrumented body (plus one) a
 * float was computed whose NaN may have any bits.
 */
export class Operands {
  readonly types: number[] = [];
  readonly origins: number[] = [];
  readonly controls: Control[] = [];

  get height(): number {
    return this.types.length;
  }

  get control(): Control {
    const control = this.controls.at(-1);
    if (control === undefined) throw new Error("The function has ended.");
    return control;
  }

  push(type: number, origin: number = CLEAN): void {
    this.types.push(type);
    this.origins.push(origin);
  }

  /** Takes the top off; of which type, if `expected` is unknown. */
  pop(expected: number, offset: number): number {
    const { height, isUnreachable } = this.control;
    if (this.types.length === height) {
      if (isUnreachable) return expected;
      throw invalid(`an operand is missing (${typeName(expected)})`, offset);
    }
    const actual = this.types.pop() ?? UNKNOWN;
    this.origins.pop();
    if (actual === expected || expected === UNKNOWN) return actual;
    if (actual === UNKNOWN) return expected;
    throw invalid(`an operand is ${typeName(actual)} where ${typeName(expected)} is expected`, offset);
  }

  popAll(types: readonly number[], offset: number): void {
    for (let index = types.length - 1; index >= 0; index--) this.pop(types[index] ?? UNKNOWN, offset);
  }

  pushAll(types: readonly number[]): void {
    for (const type of types) this.push(type);
  }

  /** Marks the rest of the present control as unreachable. */
  setUnreachable(): void {
    const { control } = this;
    this.types.length = control.height;
    this.origins.length = control.height;
    control.isUnreachable = true;
  }

  /** The control that a jump of this depth leads out of. */
  target(depth: number, offset: number): Control {
    const control = this.controls[this.controls.length - 1 - depth];
    if (control === undefined) throw invalid(`there is no label ${depth}`, offset);
    return control;
  }
}
