import { ByteReader, malformed } from "../byte-reader.ts";
import { readSections } from "../sections.ts";
import type { Section } from "../sections.ts";
import { readData, readElements, readGlobals } from "./decode-segments.ts";
import { readLimits, readMutability, readTableType, readTypes, readValueType } from "./decode-types.ts";
import type { EntityKind, Module, ModuleExport } from "./module.ts";
import { invalid, unsupported } from "./refuse.ts";

/** Section ids in the order in which they must stand. */
const ORDER = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];
const KINDS: EntityKind[] = ["function", "table", "memory", "global", "tag"];
const MAX_PAGES = 65_536;

/**
 * Decodes a module and checks everything about it but its functions' code.
 * @throws MachineError `not-wasm`, `truncated`, `malformed`, `invalid`, `unsupported-feature`
 */
export function decodeModule(bytes: Uint8Array): Module {
  const sections = readSections(bytes);
  const module: Module = {
    ...{ bytes, types: [], imports: [], functions: [], importedFunctions: 0 },
    ...{ table: undefined, memory: undefined, globals: [], importedGlobals: 0, exports: [] },
    ...{ start: undefined, elements: [], dataCount: undefined, bodies: [], data: [] },
  };
  let last = -1;
  for (const section of sections) {
    if (section.id === 0) continue;
    const place = ORDER.indexOf(section.id);
    if (place === -1) throw malformed(`There is no section ${section.id}.`, section.start);
    if (place <= last) throw malformed(`Section ${section.id} stands out of order.`, section.start);
    last = place;
    const reader = new ByteReader(bytes, section.contentStart, section.end);
    readSection(module, section, reader);
    if (!reader.atEnd()) throw malformed(`Section ${section.id} is longer than its content.`, reader.offset);
  }
  checkCounts(module, bytes.length);
  return module;
}

function readSection(module: Module, { id, start }: Section, reader: ByteReader): void {
  switch (id) {
    case 1:
      module.types = readTypes(reader);
      break;
    case 2:
      readImports(module, reader);
      break;
    case 3:
      for (let left = reader.count(); left > 0; left--) module.functions.push(readTypeIndex(module, reader));
      break;
    case 4:
      for (let left = reader.count(); left > 0; left--) addTable(module, reader);
      break;
    case 5:
      for (let left = reader.count(); left > 0; left--) addMemory(module, reader);
      break;
    case 6:
      readGlobals(module, reader);
      break;
    case 7:
      readExports(module, reader);
      break;
    case 8:
      module.start = readStart(module, reader);
      break;
    case 9:
      readElements(module, reader);
      break;
    case 10:
      readBodies(module, reader);
      break;
    case 11:
      readData(module, reader);
      break;
    case 12:
      module.dataCount = reader.u32();
      break;
    default:
      throw unsupported("exceptions", "a tag section", start);
  }
}

function readTypeIndex(module: Module, reader: ByteReader): number {
  const { offset } = reader;
  const index = reader.u32();
  if (module.types[index] === undefined) throw invalid(`there is no type ${index}`, offset);
  return index;
}

function addTable(module: Module, reader: ByteReader): void {
  const { offset } = reader;
  const limits = readTableType(reader);
  if (module.table !== undefined) throw unsupported("reference-types", "more than one table", offset);
  module.table = { ...limits, offset };
}

function addMemory(module: Module, reader: ByteReader): void {
  const { offset } = reader;
  const limits = readLimits(reader, "memory");
  if (module.memory !== undefined) throw unsupported("multi-memory", "more than one memory", offset);
  if (limits.min > MAX_PAGES || (limits.max ?? 0) > MAX_PAGES)
    throw invalid("a memory has at most 65,536 pages", offset);
  module.memory = { ...limits, offset };
}

function readImports(module: Module, reader: ByteReader): void {
  for (let left = reader.count(); left > 0; left--) {
    const { offset } = reader;
    const names = { module: reader.name(), name: reader.name() };
    const kind = readKind(reader);
    const imported = { ...names, offset, kind, typeIndex: 0, global: undefined, limits: undefined };
    if (kind === "function") {
      const typeIndex = readTypeIndex(module, reader);
      module.imports.push({ ...imported, typeIndex });
      module.functions.push(typeIndex);
      module.importedFunctions++;
    } else if (kind === "table") {
      addTable(module, reader);
      module.imports.push({ ...imported, limits: module.table });
    } else if (kind === "memory") {
      addMemory(module, reader);
      module.imports.push({ ...imported, limits: module.memory });
    } else if (kind === "global") {
      const global = { type: readValueType(reader), isMutable: readMutability(reader) };
      module.imports.push({ ...imported, global });
      module.globals.push({ ...global, initial: undefined, offset });
      module.importedGlobals++;
    } else throw unsupported("exceptions", "an imported tag", offset);
  }
}

function readKind(reader: ByteReader): EntityKind {
  const { offset } = reader;
  const kind = KINDS[reader.byte()];
  if (kind === undefined) throw malformed(`Unknown kind of import or export at ${offset}.`, offset);
  return kind;
}

function readExports(module: Module, reader: ByteReader): void {
  const seen = new Set<string>();
  const counts: Record<EntityKind, number> = {
    function: module.functions.length,
    table: module.table === undefined ? 0 : 1,
    memory: module.memory === undefined ? 0 : 1,
    global: module.globals.length,
    tag: 0,
  };
  for (let left = reader.count(); left > 0; left--) {
    const { offset } = reader;
    const entry: ModuleExport = { offset, name: reader.name(), kind: readKind(reader), index: reader.u32() };
    if (seen.has(entry.name)) throw invalid(`the name ${entry.name} is exported twice`, offset);
    seen.add(entry.name);
    if (entry.index >= counts[entry.kind]) throw invalid(`there is no ${entry.kind} ${entry.index}`, offset);
    module.exports.push(entry);
  }
}

function readStart(module: Module, reader: ByteReader): number {
  const { offset } = reader;
  const index = reader.u32();
  const type = module.types[module.functions[index] ?? -1];
  if (type === undefined) throw invalid(`there is no function ${index}`, offset);
  if (type.params.length + type.results.length > 0)
    throw invalid("the start function has parameters or results", offset);
  return index;
}

function readBodies(module: Module, reader: ByteReader): void {
  for (let left = reader.count(); left > 0; left--) {
    const sizeBytes = reader.u32();
    const start = reader.offset;
    reader.slice(sizeBytes);
    module.bodies.push({ start, end: reader.offset });
  }
}

function checkCounts({ functions, importedFunctions, bodies, data, dataCount }: Module, end: number): void {
  if (functions.length - importedFunctions !== bodies.length)
    throw malformed("The module has not as many function bodies as functions.", end);
  if (dataCount !== undefined && dataCount !== data.length)
    throw malformed("The module has not as many data segments as it says.", end);
}
