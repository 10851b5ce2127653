import { malformed } from "../byte-reader.ts";
import type { ByteReader } from "../byte-reader.ts";
import { notNumeric, readMutability, readValueType } from "./decode-types.ts";
import type { ConstantExpression, DataSegment, ElementSegment, Module } from "./module.ts";
import { OP } from "./opcodes.ts";
import { invalid, unsupported } from "./refuse.ts";
import { F32, F64, FUNCREF, I32, I64, typeName } from "./types.ts";

const REF_NULL = 0xd0;
const REF_FUNC = 0xd2;
const PASSIVE = 1;
const EXPLICIT = 2;
const EXPRESSIONS = 4;

/** Reads the global section behind the imported globals. */
export function readGlobals(module: Module, reader: ByteReader): void {
  for (let left = reader.count(); left > 0; left--) {
    const { offset } = reader;
    const type = readValueType(reader);
    const isMutable = readMutability(reader);
    module.globals.push({ type, isMutable, initial: readConstant(module, reader, type), offset });
  }
}

/** Reads a constant expression of the type, up to and with its `end`. */
function readConstant(module: Module, reader: ByteReader, type: number): ConstantExpression {
  const start = reader.offset;
  const { value, actual } = readConstantInstruction(module, reader);
  if (actual !== type) throw invalid(`a constant of ${typeName(actual)} stands for ${typeName(type)}`, start);
  expectEnd(reader);
  return value;
}

function readConstantInstruction(
  module: Module,
  reader: ByteReader,
): { value: ConstantExpression; actual: number } {
  const { offset } = reader;
  const constant = (type: number, bits: bigint) => ({
    value: { kind: "value" as const, type, bits },
    actual: type,
  });
  const op = reader.byte();
  switch (op) {
    case OP.i32Const:
      return constant(I32, BigInt.asUintN(32, BigInt(reader.s32())));
    case OP.i64Const:
      return constant(I64, BigInt.asUintN(64, reader.s64()));
    case OP.f32Const:
      return constant(F32, littleEndian(reader.slice(4)));
    case OP.f64Const:
      return constant(F64, littleEndian(reader.slice(8)));
    case OP.globalGet: {
      const index = reader.u32();
      const global = module.globals[index];
      if (global === undefined || index >= module.importedGlobals)
        throw invalid(`a constant takes the global ${index}, which is not imported`, offset);
      if (global.isMutable) throw invalid(`a constant takes the global ${index}, which changes`, offset);
      return { value: { kind: "global", index, offset }, actual: global.type };
    }
    case REF_NULL:
    case REF_FUNC:
      throw unsupported("reference-types", "a reference as a constant", offset);
    case OP.end:
      throw invalid("a constant expression is empty", offset);
    default:
      if (op > 0xd2 && op !== 0xfd && op !== 0xfb) throw malformed(`There is no opcode ${op}.`, offset);
      if (op === 0xfd) throw unsupported("simd", "a vector constant", offset);
      if (op === 0xfb) throw unsupported("gc", "a constant of a garbage-collected type", offset);
      throw invalid(`an instruction (0x${op.toString(16)}) is not constant`, offset);
  }
}

function expectEnd(reader: ByteReader): void {
  const { offset } = reader;
  const op = reader.byte();
  if (op === OP.end) return;
  const isConstantOrSum = [OP.i32Const, OP.i64Const, OP.globalGet].some((known) => known === op);
  if (isConstantOrSum) {
    // Two operands: either a sum of the proposal extended-const, or an expression with too many values.
    const rest = reader.bytes.subarray(offset, reader.end);
    const sums = [0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e];
    if (sums.some((sum) => rest.subarray(0, 12).includes(sum)))
      throw unsupported("extended-const", "a constant that is calculated", offset);
  }
  throw invalid("a constant expression has more than one instruction", offset);
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** Reads the element section. */
export function readElements(module: Module, reader: ByteReader): void {
  for (let left = reader.count(); left > 0; left--) module.elements.push(readElement(module, reader));
}

function readElement(module: Module, reader: ByteReader): ElementSegment {
  const { offset } = reader;
  const flags = reader.u32();
  if (flags > 7) throw malformed(`The element segment at offset ${offset} has unknown flags.`, offset);
  const isActive = (flags & PASSIVE) === 0;
  const isExplicit = (flags & EXPLICIT) !== 0;
  const hasExpressions = (flags & EXPRESSIONS) !== 0;
  if (isActive) checkTable(module, isExplicit ? reader.u32() : 0, offset);
  const tableOffset = isActive ? readConstant(module, reader, I32) : undefined;
  const hasKind = (flags & (PASSIVE | EXPLICIT)) !== 0;
  if (hasKind) readElementKind(reader, hasExpressions);
  const functions: (number | null)[] = [];
  for (let left = reader.count(); left > 0; left--)
    functions.push(hasExpressions ? readReference(module, reader) : readFunctionIndex(module, reader));
  const mode = isActive ? "active" : isExplicit ? "declarative" : "passive";
  return { mode, tableOffset, functions, offset };
}

function checkTable(module: Module, index: number, offset: number): void {
  if (index > 0 || module.table === undefined) throw invalid(`there is no table ${index}`, offset);
}

function readElementKind(reader: ByteReader, hasExpressions: boolean): void {
  const { offset } = reader;
  const kind = reader.byte();
  if (kind === (hasExpressions ? FUNCREF : 0)) return;
  if (!hasExpressions) throw malformed(`The element kind at offset ${offset} is unknown.`, offset);
  throw notNumeric(kind, offset);
}

function readFunctionIndex(module: Module, reader: ByteReader): number {
  const { offset } = reader;
  const index = reader.u32();
  if (index >= module.functions.length) throw invalid(`there is no function ${index}`, offset);
  return index;
}

function readReference(module: Module, reader: ByteReader): number | null {
  const { offset } = reader;
  const op = reader.byte();
  let reference: number | null;
  if (op === REF_FUNC) reference = readFunctionIndex(module, reader);
  else if (op === REF_NULL) {
    const type = reader.byte();
    if (type !== FUNCREF) throw notNumeric(type, offset);
    reference = null;
  } else if (op === OP.globalGet)
    throw unsupported("reference-types", "a global reference in a table", offset);
  else throw invalid("a table's entry is no reference", offset);
  expectEnd(reader);
  return reference;
}

/** Reads the data section. */
export function readData(module: Module, reader: ByteReader): void {
  for (let left = reader.count(); left > 0; left--) module.data.push(readDataSegment(module, reader));
}

function readDataSegment(module: Module, reader: ByteReader): DataSegment {
  const { offset } = reader;
  const flags = reader.u32();
  if (flags > 2) throw malformed(`The data segment at offset ${offset} has unknown flags.`, offset);
  if (flags === PASSIVE) return { memoryOffset: undefined, bytes: reader.slice(reader.u32()), offset };
  const memory = flags === EXPLICIT ? reader.u32() : 0;
  if (memory > 0 || module.memory === undefined) throw invalid(`there is no memory ${memory}`, offset);
  return { memoryOffset: readConstant(module, reader, I32), bytes: reader.slice(reader.u32()), offset };
}
