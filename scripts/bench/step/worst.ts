/** The dearest steps that a program made for it can have: full trees, and operands as far apart as they get. */
import type { Chunks, Snapshot } from "../../../machine/src/interpret/snapshot.ts";
import { sampleOf } from "./samples.ts";
import type { Sample } from "./samples.ts";

/** The most that a manifest allows: 1,024 MiB. */
const MOST_PAGES = 16_384;
const WASM_PAGE = 65_536;
const CHUNK = 4096;
const SLOT_BYTES = 2 ** 20;
const CODE_BYTES = 2 ** 24;
/** In the middle of the code. */
const PC = 2 ** 19;
/** No space is 0 anywhere, so no sibling can be left out. */
const FILLING = 0xa5;
const full = new Uint8Array(CHUNK).fill(FILLING);
const chunks = (bytes: number): Chunks => new Array<Uint8Array>(bytes / CHUNK).fill(full);

interface Made {
  opcode: number;
  d?: number;
  a: number;
  b: number;
  lo?: number;
  fp: number;
  /** Slots that hold something else than the filling. */
  slot?: { index: number; value: bigint };
  memory: Chunks;
}

function make({ opcode, d = 0, a, b, lo = 0, fp, slot, memory }: Made): Sample {
  const code = new Uint8Array(CODE_BYTES).fill(FILLING);
  const view = new DataView(code.buffer, PC * 16, 16);
  view.setUint16(0, opcode, true);
  [d, a, b].forEach((operand, index) => view.setUint16(2 + index * 2, operand, true));
  view.setBigUint64(8, BigInt(lo), true);
  const slots = [...chunks(SLOT_BYTES)];
  if (slot !== undefined) {
    const chunk = full.slice();
    new DataView(chunk.buffer).setBigUint64((slot.index * 8) % CHUNK, slot.value, true);
    slots[Math.floor((slot.index * 8) / CHUNK)] = chunk;
  }
  const fuel = BigInt(FILLING) * 0x0101010101010101n;
  const snapshot: Snapshot = {
    ...{ step: 0, leastFuel: fuel, slots, memory, output: [full] },
    registers: { status: 0, exitCode: 0, pc: PC, fp, pages: MOST_PAGES, fuel, outLen: 0 },
  };
  const program = {
    ...{ code, entryPc: 0, frameBase: 0, slots: new Uint8Array(0), pages: MOST_PAGES, maxPages: MOST_PAGES },
    ...{ segments: [], data: new Uint8Array(0), exports: new Map(), exportedGlobals: new Map(), haltPc: 0 },
  };
  return sampleOf({ program, input: new Uint8Array(0), snapshot }, opcode);
}

/** The dearest step of all: i64.store over the middle of the memory, its slots on both sides of the middle of theirs. */
export function worstStore(): Sample {
  const fp = 2 ** 15;
  const [a, b] = [40_000, 20_000];
  const slot = { index: fp + a, value: BigInt((MOST_PAGES * WASM_PAGE) / 2 - 4) };
  return make({ opcode: 0x37, a, b, fp, slot, memory: chunks(MOST_PAGES * WASM_PAGE) });
}

/** The dearest step that leaves memory alone: SELECT, with slots in the first, the second and twice in the third quarter. */
export function worstSelect(): Sample {
  return make({ opcode: 0x1b, d: 0, a: 20_000, b: 40_000, lo: 60_000, fp: 2 ** 15 - 8, memory: [full] });
}
