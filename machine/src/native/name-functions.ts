import { encodeU32 } from "../byte-reader.ts";
import { NATIVE } from "../prepare/instrument.ts";
import { concatBytes, encodeSection, SECTION } from "../sections.ts";
import { decodeModule } from "../wasm/decode.ts";
import { FUNCTION_NAMES, NAME_SECTION, readFunctionNames } from "../wasm/function-names.ts";

/**
 * Gives the functions of an instrumented module the names that they have in the module it was made of, for V8's traces
 * alone: what is committed to has none.
 * @param wasm a module that `prepare` has accepted
 * @param module what `prepare` made of it
 */
export function nameFunctions(wasm: Uint8Array, module: Uint8Array): Uint8Array {
  const names = readFunctionNames(wasm);
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
