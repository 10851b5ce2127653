import type { ByteReader } from "./byte-reader.ts";
import { encodeU32 } from "./byte-reader.ts";
import { MachineError } from "./errors.ts";
import { concatBytes } from "./sections.ts";

/** The most tables a module may have, and the most entries each may grow to. They live in host memory. */
const MAX_TABLES = 4;
const MAX_ENTRIES = 2 ** 18;
const REFERENCE_TYPES = [0x70, 0x6f];
const HAS_MAXIMUM = 1;

/** A table of functions or external references; `offset` is where its declaration stands. */
export interface TableType {
  referenceType: number;
  minEntries: number;
  maxEntries: number | undefined;
  offset: number;
}

/**
 * Reads the table section; no section, no tables.
 * @throws MachineError `unsupported-feature` for typed, initialised or 64-bit tables, `memory-too-large` for too many
 */
export function readTables(reader: ByteReader | undefined): TableType[] {
  if (reader === undefined) return [];
  const offset = reader.offset;
  const count = reader.count();
  if (count > MAX_TABLES)
    throw tooLarge(`The module has ${count} tables; at most ${MAX_TABLES} fit.`, offset);
  return Array.from({ length: count }, () => readTable(reader));
}

function readTable(reader: ByteReader): TableType {
  const offset = reader.offset;
  const [referenceType, flags] = [reader.byte(), reader.u32()];
  if (!REFERENCE_TYPES.includes(referenceType) || flags > HAS_MAXIMUM) {
    throw new MachineError({
      code: "unsupported-feature",
      message: "The module uses a table of typed references or of 64-bit size, which is not supported.",
      nextStep: "Build with plain function tables.",
      offset,
    });
  }
  const minEntries = reader.u32();
  const maxEntries = flags === HAS_MAXIMUM ? reader.u32() : undefined;
  if (minEntries > MAX_ENTRIES) {
    throw tooLarge(`The module has a table of ${minEntries} entries; at most ${MAX_ENTRIES} fit.`, offset);
  }
  return { referenceType, minEntries, maxEntries, offset };
}

/** Encodes the content of a table section whose tables cannot grow beyond the most entries. */
export function encodeLimitedTables(tables: TableType[]): Uint8Array {
  const encoded = tables.map(({ referenceType, minEntries, maxEntries = MAX_ENTRIES }) =>
    concatBytes(
      Uint8Array.of(referenceType, HAS_MAXIMUM),
      encodeU32(minEntries),
      encodeU32(Math.min(maxEntries, MAX_ENTRIES)),
    ),
  );
  return concatBytes(encodeU32(tables.length), ...encoded);
}

function tooLarge(message: string, offset: number): MachineError {
  return new MachineError({
    code: "memory-too-large",
    message,
    nextStep: "Build a smaller program: tables hold the functions that are called through pointers.",
    offset,
  });
}
