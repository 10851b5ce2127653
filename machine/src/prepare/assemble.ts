import type { Program } from "../program.ts";
import { MachineError } from "../errors.ts";
import type { Module } from "../wasm/module.ts";
import { overLimit } from "../wasm/refuse.ts";
import type { Layout } from "./layout.ts";
import type { LinkedFunction } from "./link.ts";
import { M } from "./lowered-code.ts";
import type { LoweredFunction } from "./lowered-code.ts";

const MAX_INSTRUCTIONS = 2 ** 20;
const MAX_FRAME_BASE = 2 ** 16;
const PAGE_BYTES = 65_536;
/** Instructions before the first function. */
const PREFIX = 1;

/** Puts lowered functions one after the other and fills in what they left open. */
export function assembleCode(lowered: readonly LoweredFunction[]): { code: Uint8Array; pcs: number[] } {
  const pcs: number[] = [];
  let length = PREFIX;
  for (const { length: own } of lowered) {
    pcs.push(length);
    length += own;
  }
  if (length > MAX_INSTRUCTIONS)
    throw overLimit(`it has ${length} instructions, at most ${MAX_INSTRUCTIONS} fit`);
  const words = new Uint32Array(length * 4);
  words[0] = M.halt; // where a call from outside returns to
  lowered.forEach((part, index) => {
    const first = pcs[index] ?? 0;
    words.set(part.words.subarray(0, part.length * 4), first * 4);
    for (const at of part.calls) {
      const word = (first + at) * 4 + 2;
      words[word] = pcs[words[word] ?? 0] ?? 0;
    }
    for (const at of part.jumps) {
      const word = (first + at) * 4 + 2;
      words[word] = (words[word] ?? 0) + first;
    }
  });
  return { code: littleEndian(words), pcs };
}

/** The words as bytes, on machines of either byte order. */
function littleEndian(words: Uint32Array): Uint8Array {
  const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
  if (isLittleEndian) return new Uint8Array(words.buffer);
  const view = new DataView(new ArrayBuffer(words.length * 4));
  words.forEach((word, index) => view.setUint32(index * 4, word, true));
  return new Uint8Array(view.buffer);
}

type FunctionEntry = Program["exports"] extends ReadonlyMap<string, infer Entry> ? Entry : never;

/** Parameters of {@link assembleProgram}. */
interface AssembleParameters {
  layout: Layout;
  lowered: readonly LoweredFunction[];
  maxPages: number;
  run: LinkedFunction;
}

/**
 * Makes the program out of all functions and the module's initial state.
 * @throws MachineError `limit`, `memory-too-large`, `uninstantiable`
 */
export function assembleProgram({ layout, lowered, maxPages, run }: AssembleParameters): Program {
  const { linker, globalsFirst } = layout;
  const { module } = linker.user;
  const { code, pcs } = assembleCode(lowered);
  const exportedAs = (index: number): FunctionEntry => {
    const { type, pc } = functionOf(layout, index, pcs);
    return { pc, params: type.params, results: type.results };
  };
  const exports = new Map<string, FunctionEntry>();
  const exportedGlobals = new Map<string, { slot: number; type: number }>();
  for (const { name, kind, index } of module.exports) {
    if (kind === "function") exports.set(name, exportedAs(index));
    if (kind !== "global") continue;
    const global = linker.globalAt(linker.user, index);
    exportedGlobals.set(name, {
      slot: globalsFirst + global,
      type: linker.globals[global]?.type ?? 0,
    });
  }
  const frameBase = globalsFirst + linker.globals.length;
  if (frameBase > MAX_FRAME_BASE)
    throw overLimit(`tables and globals take ${frameBase} slots, at most ${MAX_FRAME_BASE} fit`);
  const memory = memoryOf(module, maxPages);
  return {
    ...{ code, frameBase, ...memory, exports, exportedGlobals, haltPc: 0 },
    entryPc: pcs[run.index] ?? 0,
    slots: initialSlots(layout, pcs, frameBase),
    segments: activeSegments(layout, memory.pages),
    data: passiveData(module, layout.dataBytes),
  };
}

function functionOf({ linker }: Layout, index: number, pcs: readonly number[]) {
  const linked = linker.functionAt(linker.user, index);
  if (linked.kind !== "function") throw new Error("A user's function is no instruction.");
  return { type: linked.type, typeId: linked.typeId, pc: pcs[linked.index] ?? 0 };
}

/** The memory's size at first and at most. */
export function memoryOf({ memory }: Module, limitPages: number): { pages: number; maxPages: number } {
  if (memory === undefined) return { pages: 0, maxPages: 0 };
  if (memory.min > limitPages) {
    throw new MachineError({
      code: "memory-too-large",
      message: `The module starts with ${memory.min / 16} MiB of memory; its limit is ${limitPages / 16} MiB.`,
      nextStep: "Raise limits.memoryMiB in millrace.json (at most 1024), or build with less initial memory.",
      offset: memory.offset,
    });
  }
  return { pages: memory.min, maxPages: Math.min(memory.max ?? limitPages, limitPages) };
}

function initialSlots(layout: Layout, pcs: readonly number[], frameBase: number): Uint8Array {
  const { linker } = layout;
  const { module } = linker.user;
  const slots = new DataView(new ArrayBuffer(frameBase * 8));
  const write = (slot: number, functions: readonly (number | null)[]): void =>
    functions.forEach((index, position) => {
      if (index === null) return;
      const { typeId, pc } = functionOf(layout, index, pcs);
      slots.setUint32((slot + position) * 8, pc, true);
      slots.setUint32((slot + position) * 8 + 4, typeId + 1, true);
    });
  module.elements.forEach((segment, index) => {
    if (segment.mode === "passive")
      write((layout.tables[1]?.first ?? 0) + (layout.elementOffsets[index] ?? 0), segment.functions);
    if (segment.tableOffset === undefined) return;
    write(elementStart(layout, segment), segment.functions);
  });
  linker.globals.forEach(({ bits }, index) =>
    slots.setBigUint64((layout.globalsFirst + index) * 8, bits, true),
  );
  return new Uint8Array(slots.buffer);
}

/** Where an active segment begins in the table. */
export function elementStart({ linker, tables }: Layout, segment: Module["elements"][number]): number {
  const start =
    segment.tableOffset === undefined ? 0 : Number(linker.constant(linker.user, segment.tableOffset));
  if (start + segment.functions.length > (tables[0]?.length ?? 0))
    throw uninstantiable("table", segment.offset);
  return start;
}

function activeSegments({ linker }: Layout, pages: number): { offset: number; bytes: Uint8Array }[] {
  return linker.user.module.data.flatMap(({ memoryOffset, bytes, offset: at }) => {
    if (memoryOffset === undefined) return [];
    const offset = Number(linker.constant(linker.user, memoryOffset));
    if (offset + bytes.length > pages * PAGE_BYTES) throw uninstantiable("memory", at);
    return bytes.length === 0 ? [] : [{ offset, bytes }];
  });
}

function passiveData({ data }: Module, length: number): Uint8Array {
  const all = new Uint8Array(length);
  let position = 0;
  for (const { memoryOffset, bytes } of data) {
    if (memoryOffset !== undefined) continue;
    all.set(bytes, position);
    position += bytes.length;
  }
  return all;
}

function uninstantiable(of: "table" | "memory", offset: number): MachineError {
  return new MachineError({
    code: "uninstantiable",
    message: `The module fills its ${of} beyond its end (segment at offset ${offset}): it can never start.`,
    nextStep: `Build it again with a ${of} large enough for what the linker puts there.`,
    offset,
  });
}
