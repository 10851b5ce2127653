import { readManifest } from "./embed-manifest.ts";
import { MachineError } from "./errors.ts";
import { decodeModule } from "./wasm/decode.ts";
import type { Module, ModuleExport, ModuleImport } from "./wasm/module.ts";
import { isWasiFunction, WASI_MODULE } from "./wasi-functions.ts";

/** WebAssembly pages (64 KiB) in one MiB. */
export const PAGES_PER_MIB = 16;
const DEFAULT_MEMORY_MIB = 128;

/** A module's linear memory, in pages of 64 KiB; `offset` is where its declaration stands. */
export interface MemoryType {
  minPages: number;
  maxPages: number | undefined;
  offset: number;
}

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
 * Checks that a module is a WASI preview 1 command that may run here, without looking into its functions (`prepare` does).
 * @throws MachineError with the code, the offset and the next step, for the first thing that forbids it
 */
export function inspectModule(wasm: Uint8Array, parameters: InspectModuleParameters = {}): ModuleInfo {
  const module = decodeModule(wasm);
  const { imports, exports } = module;
  checkImports(imports);
  checkStart(exports);
  const memory = checkMemory(module);
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

function checkMemory({ memory, exports }: Module): MemoryType {
  const exported = exports.find(({ name }) => name === "memory");
  if (memory !== undefined && exported?.kind === "memory")
    return { minPages: memory.min, maxPages: memory.max, offset: memory.offset };
  throw new MachineError({
    code: "no-memory",
    message: "The module exports no memory named `memory`.",
    nextStep: "Compilers for WASI export it by themselves; check the linker options.",
    offset: exported?.offset,
  });
}
