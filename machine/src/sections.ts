import { ByteReader, encodeU32 } from "./byte-reader.ts";
import { MachineError } from "./errors.ts";

/** Section ids of the WebAssembly binary format that this package looks into. */
export const SECTION = { custom: 0, type: 1, import: 2, table: 4, memory: 5, export: 7, tag: 13 } as const;

/** One section of a module; offsets count from the start of the module. */
export interface Section {
  id: number;
  /** The name of a custom section; undefined for the others. */
  name: string | undefined;
  /** Where the section's id byte stands. */
  start: number;
  /** First byte after the size, and for a custom section after the name. */
  contentStart: number;
  end: number;
}

/**
 * Splits a module into its sections without looking into them.
 * @throws MachineError `not-wasm`, `unsupported-feature` (component or other version), `truncated`, `malformed`.
 */
export function readSections(wasm: Uint8Array): Section[] {
  checkHeader(wasm);
  const reader = new ByteReader(wasm, 8);
  const sections: Section[] = [];
  while (!reader.atEnd()) {
    const start = reader.offset;
    const id = reader.byte();
    const size = reader.u32();
    let contentStart = reader.offset;
    reader.slice(size);
    const end = reader.offset;
    let name: string | undefined;
    if (id === SECTION.custom) {
      const inner = new ByteReader(wasm, contentStart, end);
      name = inner.name();
      contentStart = inner.offset;
    }
    sections.push({ id, name, start, contentStart, end });
  }
  return sections;
}

function checkHeader(wasm: Uint8Array): void {
  const expected = [0x00, 0x61, 0x73, 0x6d];
  const magicEnd = Math.min(wasm.length, 4);
  if (wasm.length === 0 || expected.slice(0, magicEnd).some((byte, index) => wasm[index] !== byte)) {
    throw new MachineError({
      code: "not-wasm",
      message: "This is not a WebAssembly module: it does not start with the bytes 00 61 73 6d.",
      nextStep:
        "Give the .wasm file that your compiler writes (text format and JavaScript must be compiled first).",
      offset: 0,
    });
  }
  const [versionLow, versionHigh, layerLow, layerHigh] = new ByteReader(wasm, 4).slice(4);
  if (versionLow !== 1 || versionHigh !== 0 || layerLow !== 0 || layerHigh !== 0) {
    throw new MachineError({
      code: "unsupported-feature",
      message:
        layerLow === 1 && layerHigh === 0
          ? "This is a WebAssembly component; only core modules (version 1) run here."
          : `WebAssembly version ${versionLow ?? 0} is not supported; only version 1 is.`,
      nextStep: "Build a core module for WASI preview 1 (for example --target wasm32-wasip1).",
      offset: 4,
    });
  }
}

/** Encodes a section: id, size, content. */
export function encodeSection(id: number, ...content: Uint8Array[]): Uint8Array {
  const sizeBytes = content.reduce((sum, part) => sum + part.length, 0);
  return concatBytes(Uint8Array.of(id), encodeU32(sizeBytes), ...content);
}

/** Joins byte arrays into a new one. */
export function concatBytes(...parts: Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    joined.set(part, position);
    position += part.length;
  }
  return joined;
}
