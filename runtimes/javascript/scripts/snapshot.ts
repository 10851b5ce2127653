/** Runs a module's `init` once and makes the memory it leaves the data of a new module, as Wizer does. */
import { ByteReader, encodeU32 } from "../../../machine/src/byte-reader.ts";
import { concatBytes, encodeSection, readSections, SECTION } from "../../../machine/src/sections.ts";

const PAGE_BYTES = 65_536;
/** Zeros between two data segments that are worth a segment of their own. */
const GAP_BYTES = 64;
const DATA_COUNT_SECTION = 12;
const DATA_SECTION = 11;
const END = 0x0b;
const I32_CONST = 0x41;
const [FUNCTION, MEMORY] = [0, 2];

interface InitExports {
  init: () => void;
  memory: WebAssembly.Memory;
  __stack_pointer: { value: unknown };
}

/**
 * @param wasm exports `init`, `run`, `memory` and `__stack_pointer`
 * @param input what `init` reads from file descriptor 3
 * @returns a command program: `run` is its `_start`, and its memory begins as `init` left it
 * @throws Error where `init` asks for a clock or random numbers: they would be the same in every call
 */
export function takeSnapshot(wasm: Uint8Array<ArrayBuffer>, input: Uint8Array): Uint8Array {
  const instance = new WebAssembly.Instance(
    new WebAssembly.Module(wasm),
    wasiForInit(input, () => memory),
  );
  const { init, memory, __stack_pointer: stackPointer } = instance.exports as unknown as InitExports;
  const stackTop = stackPointer.value;
  init();
  if (stackPointer.value !== stackTop) throw new Error("init left the stack pointer elsewhere.");

  const sections = readSections(wasm).filter(
    ({ id }) => id !== SECTION.custom && id !== DATA_COUNT_SECTION && id !== DATA_SECTION,
  );
  const kept = sections.map(({ id, start, contentStart, end }) => {
    if (id === SECTION.memory)
      return encodeSection(id, Uint8Array.of(1, 0), encodeU32(memory.buffer.byteLength / PAGE_BYTES));
    if (id === SECTION.export) return encodeExports(new ByteReader(wasm, contentStart, end));
    return wasm.subarray(start, end);
  });
  return concatBytes(wasm.subarray(0, 8), ...kept, encodeData(new Uint8Array(memory.buffer)));
}

/** `memory`, and `run` as `_start`. */
function encodeExports(reader: ByteReader): Uint8Array {
  const entries: Uint8Array[] = [];
  const count = reader.count();
  for (let at = 0; at < count; at += 1) {
    const [name] = [reader.name(), reader.byte()];
    const index = reader.u32();
    if (name === "run") entries.push(encodeName("_start"), Uint8Array.of(FUNCTION), encodeU32(index));
    if (name === "memory") entries.push(encodeName(name), Uint8Array.of(MEMORY), encodeU32(index));
  }
  return encodeSection(SECTION.export, encodeU32(2), ...entries);
}

function encodeName(name: string): Uint8Array {
  const bytes = new TextEncoder().encode(name);
  return concatBytes(encodeU32(bytes.length), bytes);
}

function encodeData(memory: Uint8Array): Uint8Array {
  const segments: Uint8Array[] = [];
  let at = 0;
  for (;;) {
    while (at < memory.length && memory[at] === 0) at += 1;
    if (at === memory.length) break;
    const start = at;
    let end = at;
    for (; at < memory.length && at - end < GAP_BYTES; at += 1) if (memory[at] !== 0) end = at + 1;
    segments.push(
      concatBytes(
        Uint8Array.of(0, I32_CONST),
        encodeS32(start),
        Uint8Array.of(END),
        encodeU32(end - start),
        memory.subarray(start, end),
      ),
    );
  }
  return encodeSection(DATA_SECTION, encodeU32(segments.length), ...segments);
}

/** Signed LEB128 of a number that is not negative. */
function encodeS32(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x40; rest = Math.floor(rest / 128)) bytes.push((rest & 0x7f) | 0x80);
  return Uint8Array.of(...bytes, rest);
}

/** File descriptor 3 gives `input`; what is written goes to this process's standard error; nothing else may be asked for. */
function wasiForInit(
  input: Uint8Array,
  memory: () => WebAssembly.Memory,
): Record<string, Record<string, unknown>> {
  let position = 0;
  const functions: Record<string, (...args: number[]) => number> = {
    // Some context needs a time to begin with; the prelude replaces what depends on it.
    clock_time_get(_clock, _low, at = 0) {
      new DataView(memory().buffer).setBigUint64(at, 0n, true);
      return 0;
    },
    fd_read(_descriptor, list = 0, _count, readAt = 0) {
      const view = new DataView(memory().buffer);
      const part = input.subarray(position, position + view.getUint32(list + 4, true));
      new Uint8Array(memory().buffer).set(part, view.getUint32(list, true));
      position += part.length;
      view.setUint32(readAt, part.length, true);
      return 0;
    },
    fd_write(_descriptor, list = 0, _count, writtenAt = 0) {
      const view = new DataView(memory().buffer);
      const [start, length] = [view.getUint32(list, true), view.getUint32(list + 4, true)];
      process.stderr.write(new Uint8Array(memory().buffer).slice(start, start + length));
      view.setUint32(writtenAt, length, true);
      return 0;
    },
  };
  const refuse = (name: string) => () => {
    throw new Error(`init called ${name}`);
  };
  return {
    wasi_snapshot_preview1: new Proxy(functions, {
      get: (known, name) => known[String(name)] ?? refuse(String(name)),
    }),
  };
}
