import { CODE_FAR, CODE_LENGTH, SLOT_COUNT } from "./layout.ts";
import { ILLEGAL, NO_INSTRUCTION, farNumber, operations, usesOf } from "./interpreter-module.ts";
import { uses } from "./operation.ts";

const BYTES = 16;

/** What `translate` needs to know of each pair of opcode and flags. */
interface Translation {
  dense: number;
  /** Not 0 for a jump: its number when its target is far. */
  far: number;
  absoluteSlot: boolean;
}

/** By `flags << 8 | opcode`. */
function translations(): (Translation | undefined)[] {
  const table: (Translation | undefined)[] = new Array<undefined>(2 ** 16).fill(undefined);
  operations.forEach((operation, dense) => {
    table[(operation.flags << 8) | operation.opcode] = {
      dense,
      far: operation.far === undefined ? 0 : farNumber(operation),
      absoluteSlot: operation.absoluteSlot ?? false,
    };
  });
  return table;
}
const table = translations();

/**
 * Writes a program's code as the interpreter reads it: opcode and flags become one dense number, a jump's target becomes
 * the address. `target` is the interpreter's room for code, zero at first.
 * @returns the number of slots from fp on within which every operand of the program lies
 */
export function translate(code: Uint8Array, target: Uint8Array): number {
  target.set(code);
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength);
  const count = Math.ceil(code.length / BYTES);
  let reach = 0;
  for (let pc = 0; pc < count; pc++) {
    const at = pc * BYTES;
    const entry = table[view.getUint16(at, true)];
    let dense = entry?.dense ?? ILLEGAL;
    const low = view.getUint32(at + 8, true);
    if (entry !== undefined && entry.far > 0) {
      if (low >= CODE_LENGTH) {
        dense = entry.far;
        view.setUint32(at + 12, low, true);
      } else view.setUint32(at + 8, low * BYTES, true);
    }
    if (entry?.absoluteSlot === true && low >= SLOT_COUNT) dense = ILLEGAL;
    view.setUint16(at, dense, true);
    reach = Math.max(reach, reachOf(dense, at, view));
  }
  view.setUint16(CODE_LENGTH * BYTES, NO_INSTRUCTION, true);
  view.setUint16(CODE_FAR * BYTES, NO_INSTRUCTION, true);
  return reach;
}

/** One more than the largest index relative to fp that an instruction names. */
function reachOf(dense: number, at: number, view: DataView): number {
  const used = usesOf[dense] ?? 0;
  const d = view.getUint16(at + 2, true);
  const a = view.getUint16(at + 4, true);
  return Math.max(
    (used & uses.d) === 0 ? 0 : d + 1,
    (used & uses.a) === 0 ? 0 : a + 1,
    (used & uses.b) === 0 ? 0 : view.getUint16(at + 6, true) + 1,
    (used & uses.third) === 0 ? 0 : view.getUint16(at + 8, true) + 1,
    (used & uses.link) === 0 ? 0 : a + d + 1,
  );
}
