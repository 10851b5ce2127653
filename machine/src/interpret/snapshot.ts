import {
  CHUNK,
  DIRTY,
  MEMORY,
  OUTPUT,
  OUTPUT_LENGTH,
  SLOTS,
  SLOT_COPY,
  SLOT_COUNT,
  WASM_PAGE,
  state,
} from "./layout.ts";
import type { Engine } from "./engine.ts";

/** The numbers of the state (docs/machine.md). */
export interface Registers {
  status: number;
  exitCode: number;
  pc: number;
  fp: number;
  pages: number;
  fuel: bigint;
  outLen: number;
}

/** A space in chunks of 4 KiB; undefined is a chunk of zeros, and so is what lies behind the end. Chunks are never written to. */
export type Chunks = readonly (Uint8Array | undefined)[];

/** The whole state after `step` steps. Snapshots of one machine share the chunks that did not change between them. */
export interface Snapshot {
  step: number;
  registers: Registers;
  /** The least fuel that there has been until then: a refund gives back what a run has used already. No part of the state's hash. */
  leastFuel: bigint;
  slots: Chunks;
  memory: Chunks;
  output: Chunks;
}

/** Takes and restores the spaces of one engine; it notices changes by the marks that stores leave. */
export interface SpaceKeeper {
  /** The spaces as they are now. */
  capture(): Pick<Snapshot, "slots" | "memory" | "output">;
  /** Sets the spaces and the number of pages. */
  restore(snapshot: Snapshot): void;
}

const SLOT_CHUNKS = (SLOT_COUNT * 8) / CHUNK;
const OUTPUT_CHUNKS = OUTPUT_LENGTH / CHUNK;
const CHUNKS_A_PAGE = WASM_PAGE / CHUNK;
const WORDS = CHUNK / 4;

/** Makes a keeper for an engine whose memory was just filled. */
export function keepSpaces(engine: Engine): SpaceKeeper {
  let slots: Chunks = [];
  let output: Chunks = [];
  let memory: Chunks = [];
  const chunkAt = (base: number, index: number): Uint8Array =>
    engine.bytes().subarray(base + index * CHUNK, base + (index + 1) * CHUNK);
  const marksOf = (base: number, count: number): Uint8Array =>
    engine.bytes().subarray(DIRTY + base / CHUNK, DIRTY + base / CHUNK + count);
  const memoryChunks = (): number => engine.get32(state.pages) * CHUNKS_A_PAGE;

  function captureMarked(base: number, count: number, before: Chunks): Chunks {
    const marks = marksOf(base, count);
    const after = before.slice(0, count);
    for (let index = marks.indexOf(1); index >= 0; index = marks.indexOf(1, index + 1)) {
      while (after.length <= index) after.push(undefined);
      after[index] = keep(chunkAt(base, index), before[index]);
    }
    marks.fill(0);
    return after;
  }
  /** Writes the chunks of `after` that differ from what is there. */
  function write(base: number, count: number, before: Chunks, after: Chunks): void {
    const marks = marksOf(base, count);
    for (let index = 0; index < count; index++) {
      if (marks[index] === 0 && before[index] === after[index]) continue;
      const chunk = after[index];
      if (chunk === undefined) chunkAt(base, index).fill(0);
      else chunkAt(base, index).set(chunk);
    }
    marks.fill(0);
  }

  // What the program starts with.
  marksOf(MEMORY, memoryChunks()).fill(1);
  return {
    capture() {
      engine.markSlots();
      slots = captureMarked(SLOTS, SLOT_CHUNKS, slots);
      output = captureMarked(OUTPUT, OUTPUT_CHUNKS, output);
      memory = captureMarked(MEMORY, memoryChunks(), memory);
      return { slots, output, memory };
    },
    restore(snapshot) {
      const { pages } = snapshot.registers;
      engine.growTo(pages);
      engine.markSlots();
      write(SLOTS, SLOT_CHUNKS, slots, snapshot.slots);
      engine.bytes().copyWithin(SLOT_COPY, SLOTS, SLOTS + SLOT_COUNT * 8);
      write(OUTPUT, OUTPUT_CHUNKS, output, snapshot.output);
      write(MEMORY, Math.max(pages * CHUNKS_A_PAGE, memoryChunks()), memory, snapshot.memory);
      engine.set32(state.pages, pages);
      engine.set64(state.memoryBytes, BigInt(pages * WASM_PAGE));
      ({ slots, output, memory } = snapshot);
    },
  };
}

/** `before` if it is still what stands there, undefined for zeros, else a copy. */
function keep(now: Uint8Array, before: Uint8Array | undefined): Uint8Array | undefined {
  const words = toWords(now);
  if (before !== undefined && same(words, toWords(before), 0, WORDS)) return before;
  return same(words, ZEROS, 0, WORDS) ? undefined : now.slice();
}

const ZEROS = new Int32Array(WORDS);
const toWords = (chunk: Uint8Array): Int32Array => new Int32Array(chunk.buffer, chunk.byteOffset, WORDS);

function same(left: Int32Array, right: Int32Array, from: number, to: number): boolean {
  for (let index = from; index < to; index++) if (left[index] !== right[index]) return false;
  return true;
}
