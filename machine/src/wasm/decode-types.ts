import { malformed } from "../byte-reader.ts";
import type { ByteReader } from "../byte-reader.ts";
import type { Limits } from "./module.ts";
import { invalid, unsupported } from "./refuse.ts";
import { F64, FUNCREF, I32 } from "./types.ts";
import type { FunctionType } from "./types.ts";

const FUNCTION_TYPE = 0x60;
const GC_TYPES = [0x4e, 0x4f, 0x50, 0x5e, 0x5f];
const VECTOR = 0x7b;
const EXTERNREF = 0x6f;
/** Heap types and references of proposals after reference types. */
const FIRST_REFERENCE = 0x62;
const EXCEPTION_REFERENCES = [0x69, 0x74];
const NULL_REFERENCES = [0x71, 0x72, 0x73];

const HAS_MAXIMUM = 1;
const SHARED = 2;
const IS_64_BIT = 4;
const PAGE_SIZE = 8;

/** Reads the type section. */
export function readTypes(reader: ByteReader): FunctionType[] {
  const types: FunctionType[] = [];
  for (let left = reader.count(); left > 0; left--) {
    const { offset } = reader;
    const form = reader.byte();
    if (GC_TYPES.includes(form)) throw unsupported("gc", "garbage-collected types", offset);
    if (form !== FUNCTION_TYPE) throw malformed(`There is no type form ${form}.`, offset);
    types.push({ params: readValueTypes(reader), results: readValueTypes(reader) });
  }
  return types;
}

function readValueTypes(reader: ByteReader): number[] {
  const types: number[] = [];
  for (let left = reader.count(); left > 0; left--) types.push(readValueType(reader));
  return types;
}

/**
 * Reads the type of a number.
 * @throws MachineError for the other types, with the feature they belong to
 */
export function readValueType(reader: ByteReader): number {
  const { offset } = reader;
  const type = reader.byte();
  if (type >= F64 && type <= I32) return type;
  throw notNumeric(type, offset);
}

/** The error for a byte that is no type of a number. */
export function notNumeric(type: number, offset: number): Error {
  if (type === VECTOR) return unsupported("simd", "v128", offset);
  if (type === FUNCREF || type === EXTERNREF)
    return unsupported("reference-types", "reference values", offset);
  if (EXCEPTION_REFERENCES.includes(type))
    return unsupported("exceptions", "references to exceptions", offset);
  if (NULL_REFERENCES.includes(type)) return unsupported("gc", "references that are always null", offset);
  if (type >= FIRST_REFERENCE && type < FUNCREF)
    return unsupported(type < 0x65 ? "typed-function-references" : "gc", "typed references", offset);
  return malformed(`There is no value type ${type} at offset ${offset}.`, offset);
}

/** Reads a table's limits; its references must be to functions. */
export function readTableType(reader: ByteReader): Limits {
  const { offset } = reader;
  const type = reader.byte();
  if (type === FUNCREF) return readLimits(reader, "table");
  if (type === 0x40) throw unsupported("typed-function-references", "a table with an initial value", offset);
  throw type === EXTERNREF
    ? unsupported("reference-types", "a table of external references", offset)
    : notNumeric(type, offset);
}

/** Reads the limits of a table (in entries) or memory (in pages). */
export function readLimits(reader: ByteReader, of: "table" | "memory"): Limits {
  const { offset } = reader;
  const flags = reader.byte();
  if (flags > (HAS_MAXIMUM | SHARED | IS_64_BIT | PAGE_SIZE))
    throw malformed(`The limits at offset ${offset} have unknown flags.`, offset);
  if ((flags & SHARED) !== 0) throw unsupported("threads", `a shared ${of}`, offset);
  if ((flags & IS_64_BIT) !== 0) throw unsupported("memory64", `a 64-bit ${of}`, offset);
  if ((flags & PAGE_SIZE) !== 0) throw unsupported("custom-page-sizes", "a page size", offset);
  const min = reader.u32();
  const max = flags === HAS_MAXIMUM ? reader.u32() : undefined;
  if (max !== undefined && max < min) throw invalid(`a ${of} has a maximum below its minimum`, offset);
  return { min, max };
}

/** Whether a global may be written. */
export function readMutability(reader: ByteReader): boolean {
  const { offset } = reader;
  const flag = reader.byte();
  if (flag > 1) throw malformed(`The mutability at offset ${offset} is neither 0 nor 1.`, offset);
  return flag === 1;
}
