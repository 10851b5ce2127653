import { ByteReader, encodeU32 } from "../byte-reader.ts";
import { MachineError } from "../errors.ts";
import { NATIVE } from "../prepare/instrument.ts";
import { concatBytes, encodeSection, readSections, SECTION } from "../sections.ts";
import { decodeModule } from "../wasm/decode.ts";

const NAME_SECTION = "name";
const FUNCTION_NAMES = 1;

/**
 * Gives the functions of an instrumented module the names that they have in the module it was made of, for V8's traces
 * alone: what is committed to has none.
 * @param wasm a module that `prepare` has accepted
 * @param module what `prepare` made of it
 */
export function nameFunctions(wasm: Uint8Array, module: Uint8Array): Uint8Array {
  const names = readNames(wasm);
  if (names.length === 0) return module;
  const { importedFunctions, bodies } = decodeModule(wasm);
  // The module's own functions come first, in their order, behind those of the machine.
  const own = names.filter(
    ([index]) => index >= importedFunctions && index < importedFunctions + bodies.length,
  );
  const map = concatBytes(
    encodeU32(own.length),
    ...own.flatMap(([index, name]) => [
      encodeU32(NATIVE.count + index - importedFunctions),
      ...encodeName(name),
    ]),
  );
  const content = [...encodeName(NAME_SECTION), Uint8Array.of(FUNCTION_NAMES), encodeU32(map.length), map];
  return concatBytes(module, encodeSection(SECTION.custom, ...content));
}

function encodeName(name: string): Uint8Array[] {
  const bytes = new TextEncoder().encode(name);
  return [encodeU32(bytes.length), bytes];
}

/** A module's names of functions, by ascending index; none where its name section is not as it should be. */
function readNames(wasm: Uint8Array): [index: number, name: string][] {
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
