import { ByteReader } from "../byte-reader.ts";
import { ByteWriter } from "../byte-writer.ts";
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
  const map = new ByteWriter();
  // The module's own functions come first, in their order, behind those of the machine.
  const own = names.filter(
    ([index]) => index >= importedFunctions && index < importedFunctions + bodies.length,
  );
  map.u32(own.length);
  for (const [index, name] of own) {
    map.u32(NATIVE.count + index - importedFunctions);
    map.name(name);
  }
  const content = new ByteWriter();
  content.name(NAME_SECTION);
  content.byte(FUNCTION_NAMES);
  content.u32(map.length);
  content.bytes(map.view());
  return concatBytes(module, encodeSection(SECTION.custom, content.view()));
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
