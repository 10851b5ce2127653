import { ByteReader } from "./byte-reader.ts";
import { PAGES_PER_MIB } from "./inspect-module.ts";
import { encodeLimitedMemory, readMemory } from "./memory.ts";
import { concatBytes, encodeSection, readSections, SECTION } from "./sections.ts";
import { encodeLimitedTables, readTables } from "./tables.ts";

/**
 * Returns the module with lower maxima, so that `memory.grow` answers −1 at the limit and no table grows
 * beyond what the host provides. Nothing else changes.
 * @param wasm a module that `inspectModule` accepts with the same limit
 * @param memoryMiB the memory limit in MiB
 */
export function limitModule(wasm: Uint8Array, memoryMiB: number): Uint8Array {
  const parts: Uint8Array[] = [wasm.subarray(0, 8)];
  for (const { id, start, contentStart, end } of readSections(wasm)) {
    const reader = new ByteReader(wasm, contentStart, end);
    if (id === SECTION.table) {
      parts.push(encodeSection(id, encodeLimitedTables(readTables(reader))));
      continue;
    }
    const memory = id === SECTION.memory ? readMemory(reader) : undefined;
    if (memory === undefined) parts.push(wasm.subarray(start, end));
    else parts.push(encodeSection(id, encodeLimitedMemory(memory, memoryMiB * PAGES_PER_MIB)));
  }
  return concatBytes(...parts);
}
