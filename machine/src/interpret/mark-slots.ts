import {
  I32,
  I64,
  access,
  at,
  brIf,
  get,
  i32,
  i64,
  loop,
  op,
  set,
  tee,
  when,
} from "../encode/instructions.ts";
import type { Code } from "../encode/instructions.ts";
import type { FunctionDefinition } from "../encode/module.ts";
import { CHUNK, DIRTY, SLOTS, SLOT_COPY, SLOT_COUNT } from "./layout.ts";

const [offset, difference] = [0, 1];
/** Slots that are compared at once. */
const WORDS = [0, 8, 16, 24];
const word = (base: number, distance: number): Code => [get(offset), at(access.i64Load, base + distance)];

/** Compares the slots with their copy; marks the chunks that differ and brings the copy up to date. */
export const markSlots: FunctionDefinition = {
  exportName: "markSlots",
  params: [],
  results: [],
  locals: [I32, I64],
  body: loop(
    [i64(0), set(difference)],
    WORDS.map((distance) => [
      [word(SLOTS, distance), word(SLOT_COPY, distance), op.i64Xor],
      [get(difference), op.i64Or, set(difference)],
    ]),
    [get(difference), op.i64Eqz, op.i32Eqz],
    when(
      WORDS.map((distance) => [
        [get(offset), word(SLOTS, distance), at(access.i64Store, SLOT_COPY + distance)],
      ]),
      [get(offset), i32(Math.log2(CHUNK)), op.i32ShrU, i32(1), at(access.i32Store8, DIRTY + SLOTS / CHUNK)],
    ),
    [get(offset), i32(WORDS.length * 8), op.i32Add, tee(offset), i32(SLOT_COUNT * 8), op.i32LtU, brIf(0)],
  ),
};
