import { ByteReader, malformed } from "./byte-reader.ts";
import { readManifest } from "./embed-manifest.ts";
import { MachineError } from "./errors.ts";
import { readExports, readImports } from "./entities.ts";
import type { ModuleExport, ModuleImport } from "./entities.ts";
import { PAGES_PER_MIB, readMemory } from "./memory.ts";
import type { MemoryType } from "./memory.ts";
import { readSections, SECTION } from "./sections.ts";
import type { Section } from "./sections.ts";
import { readTables } from "./tables.ts";
import { checkTypes, exceptionsError } from "./types.ts";
import { isWasiFunction, WASI_MODULE } from "./wasi-functions.ts";

const DEFAULT_MEMORY_MIB = 128;

/** What a module asks for and offers. */
export interface ModuleInfo {
  sizeBytes: number;
  imports: ModuleImport[];
  exports: ModuleExport[];
  memory: MemoryType;
}

/** Options of {@link inspectModule}. */
export interface InspectModuleParameters {
  /** Memory limit in MiB; by default that of the embedded manifest, and 128 without one. */
  memoryMiB?: number;
}

/**
 * Checks that a module is a WASI preview 1 command that may run here, without compiling it.
 * @throws MachineError with the code, the offset and the next step, for the first thing that forbids it
 */
export function inspectModule(wasm: Uint8Array, parameters: InspectModuleParameters = {}): ModuleInfo {
  const sections = readSections(wasm);
  checkOrder(sections);
  const reader = (id: number) => {
    const section = sections.find((candidate) => candidate.id === id);
    return section && new ByteReader(wasm, section.contentStart, section.end);
  };
  checkTypes(reader(SECTION.type));
  const tags = sections.find(({ id }) => id === SECTION.tag);
  if (tags !== undefined) throw exceptionsError(tags.start);
  const imports = readImports(reader(SECTION.import));
  const exports = readExports(reader(SECTION.export));
  checkImports(imports);
  checkStart(exports);
  readTables(reader(SECTION.table));
  const memory = checkMemory(readMemory(reader(SECTION.memory)), exports);
  const memoryMiB = parameters.memoryMiB ?? manifestMemoryMiB(wasm);
  if (memory.minPages > memoryMiB * PAGES_PER_MIB) {
    throw new MachineError({
      code: "memory-too-large",
      message: `The module starts with ${memory.minPages / PAGES_PER_MIB} MiB of memory; its limit is ${memoryMiB} MiB.`,
      nextStep: "Raise limits.memoryMiB in millrace.json (at most 1024), or build with less initial memory.",
      offset: memory.offset,
    });
  }
  return { sizeBytes: wasm.length, imports, exports, memory };
}

/** Which sections may stand only once; V8 checks the order, this check keeps our reading and V8's the same. */
function checkOrder(sections: Section[]): void {
  const seen = new Set<number>();
  for (const { id, start } of sections) {
    if (id === SECTION.custom) continue;
    if (seen.has(id)) throw malformed(`Section ${id} stands twice.`, start);
    seen.add(id);
  }
}

function manifestMemoryMiB(wasm: Uint8Array): number {
  try {
    return readManifest(wasm).limits.memoryMiB;
  } catch (error) {
    if (error instanceof MachineError && error.code === "no-manifest") return DEFAULT_MEMORY_MIB;
    throw error;
  }
}

function checkImports(imports: ModuleImport[]): void {
  const isForbidden = (entry: ModuleImport) =>
    entry.kind !== "function" || entry.module !== WASI_MODULE || !isWasiFunction(entry.name);
  const forbidden = imports.filter(isForbidden);
  const [first] = forbidden;
  if (first === undefined) return;
  const shown = forbidden.slice(0, 10).map(({ module, name, kind }) => `${module}.${name} (${kind})`);
  const more = forbidden.length > shown.length ? ` and ${forbidden.length - shown.length} more` : "";
  throw new MachineError({
    code: "forbidden-import",
    message: `The module imports what a function cannot have: ${shown.join(", ")}${more}.`,
    nextStep: `Only functions of ${WASI_MODULE} are provided; build for WASI preview 1 without host bindings.`,
    offset: first.offset,
  });
}

function checkStart(exports: ModuleExport[]): void {
  const start = exports.find(({ name }) => name === "_start");
  if (start?.kind === "function") return;
  throw new MachineError({
    code: "no-start",
    message: "The module exports no function `_start`, so it is not a command program.",
    nextStep: "Build a program with a main function (a WASI command), not a library or reactor.",
    offset: start?.offset,
  });
}

function checkMemory(memory: MemoryType | undefined, exports: ModuleExport[]): MemoryType {
  const exported = exports.find(({ name }) => name === "memory");
  if (memory !== undefined && exported?.kind === "memory") return memory;
  throw new MachineError({
    code: "no-memory",
    message: "The module exports no memory named `memory`.",
    nextStep: "Compilers for WASI export it by themselves; check the linker options.",
    offset: exported?.offset,
  });
}
