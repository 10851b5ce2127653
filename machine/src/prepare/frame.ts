import type { FunctionType } from "../wasm/types.ts";

/** Words of the slots in all. */
export const SLOTS = 2 ** 17;
/** The most slots one frame may need; operands are 16 bits wide. */
export const MAX_FRAME = 32_000;
/** What every frame needs at least, so that the native stack holds as many as the slots. */
const LEAST_FRAME = 4;

/** Where a function keeps its link: behind the slots in which arguments come and results go. */
export function linkSlot({ params, results }: FunctionType): number {
  return Math.max(params.length, results.length);
}

/** How a function's slots are laid out (docs/machine.md, "Frames and calls"). */
export interface Frame {
  params: number;
  link: number;
  /** First slot of the operand stack. */
  base: number;
  /** The most slots in use, the link areas of callees included; grows during the walk. */
  need: number;
}

/** The layout for a function with `locals` locals beside its parameters. */
export function newFrame(type: FunctionType, locals: number): Frame {
  const link = linkSlot(type);
  const base = link + 1 + locals;
  return { params: type.params.length, link, base, need: Math.max(base, LEAST_FRAME) };
}

/** The slot of a local. */
export function localSlot({ params, link }: Frame, local: number): number {
  return local < params ? local : link + 1 + local - params;
}
