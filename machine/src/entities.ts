import { malformed } from "./byte-reader.ts";
import type { ByteReader } from "./byte-reader.ts";
import { skipLimits } from "./memory.ts";

const KINDS = ["function", "table", "memory", "global", "tag"] as const;

/** What an import or export is. */
export type EntityKind = (typeof KINDS)[number];

/** One import of a module; `offset` is where it stands. */
export interface ModuleImport {
  module: string;
  name: string;
  kind: EntityKind;
  offset: number;
}

/** One export of a module; `offset` is where it stands. */
export interface ModuleExport {
  name: string;
  kind: EntityKind;
  offset: number;
}

/** Reads the import section; no section, no imports. */
export function readImports(reader: ByteReader | undefined): ModuleImport[] {
  if (reader === undefined) return [];
  return Array.from({ length: reader.count() }, () => {
    const offset = reader.offset;
    const [module, name, kind] = [reader.name(), reader.name(), readKind(reader)];
    skipType(reader, kind);
    return { module, name, kind, offset };
  });
}

/** Reads the export section; no section, no exports. */
export function readExports(reader: ByteReader | undefined): ModuleExport[] {
  if (reader === undefined) return [];
  return Array.from({ length: reader.count() }, () => {
    const offset = reader.offset;
    const [name, kind] = [reader.name(), readKind(reader)];
    reader.u32();
    return { name, kind, offset };
  });
}

function readKind(reader: ByteReader): EntityKind {
  const offset = reader.offset;
  const kind = KINDS[reader.byte()];
  if (kind === undefined) throw malformed(`Unknown kind of import or export at ${offset}.`, offset);
  return kind;
}

function skipType(reader: ByteReader, kind: EntityKind): void {
  switch (kind) {
    case "function":
      reader.u32();
      break;
    case "table":
      skipValueType(reader);
      skipLimits(reader);
      break;
    case "memory":
      skipLimits(reader);
      break;
    case "global":
      skipValueType(reader);
      reader.byte();
      break;
    case "tag":
      reader.byte();
      reader.u32();
      break;
  }
}

function skipValueType(reader: ByteReader): void {
  const type = reader.byte();
  const isTypedReference = type === 0x63 || type === 0x64;
  if (isTypedReference) reader.u64();
}
