import { ByteReader } from "../byte-reader.ts";
import { MachineError } from "../errors.ts";
import { readSections, SECTION } from "../sections.ts";

/** The custom section with names, and the number of its part for those of functions. */
export const NAME_SECTION = "name";
export const FUNCTION_NAMES = 1;

/** A module's names of functions, by ascending index; none where its name section is not as it should be. */
export function readFunctionNames(wasm: Uint8Array): [index: number, name: string][] {
  const section = readSections(wasm).find(({ id, name }) => id === SECTION.custom && name === NAME_SECTION);
  if (section === undefined) return [];
  try {
    const reader = new ByteReader(wasm, section.contentStart, section.end);
    while (!reader.atEnd()) {
      const kind = reader.byte();
      const size = reader.u32();
      if (kind === FUNCTION_NAMES) return readMap(reader);
      reader.slice(size);
    }
    return [];
  } catch (error) {
    if (error instanceof MachineError) return [];
    throw error;
  }
}

function readMap(reader: ByteReader): [index: number, name: string][] {
  const names: [index: number, name: string][] = [];
  const count = reader.count();
  for (let read = 0; read < count; read += 1) {
    const index = reader.u32();
    if (index <= (names.at(-1)?.[0] ?? -1)) return [];
    names.push([index, reader.name()]);
  }
  return names;
}
