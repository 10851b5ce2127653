import { malformed } from "../byte-reader.ts";
import type { ByteReader } from "../byte-reader.ts";
import { FC, OP } from "../wasm/opcodes.ts";
import { invalid } from "../wasm/refuse.ts";
import { I32 } from "../wasm/types.ts";
import type { FunctionInstrumenter } from "./instrument.ts";
import type { Layout } from "./layout.ts";
import type { LinkedFunction } from "./link.ts";
import type { FunctionLowering } from "./lower.ts";
import type { Operands } from "./operands.ts";

/** What a bulk operation needs of the walk that comes upon it. */
interface FunctionWalk {
  readonly layout: Layout;
  readonly linked: LinkedFunction;
  readonly reader: ByteReader;
  readonly operands: Operands;
  readonly lower: FunctionLowering;
  readonly native: FunctionInstrumenter;
  readonly isLive: boolean;
  readonly at: number;
  requireMemory: () => void;
  callLibrary: (name: string) => void;
  emitCall: (target: LinkedFunction) => void;
  linkedGlobal: (op: number, linked: number) => void;
}

/** Bulk operations: calls of functions that are merged in (docs/machine.md, "Bulk memory and tables"). */
export function walkBulk(walk: FunctionWalk, sub: number): void {
  switch (sub) {
    case FC.memoryInit:
      memoryInit(walk);
      break;
    case FC.dataDrop: {
      const segment = readDataSegment(walk);
      if (walk.isLive) drop(walk, walk.layout.dataLength(segment));
      break;
    }
    case FC.memoryCopy:
      readMemoryIndex(walk);
      readMemoryIndex(walk);
      callWithThree(walk, "millrace.memory_copy");
      break;
    case FC.memoryFill:
      readMemoryIndex(walk);
      callWithThree(walk, "millrace.memory_fill");
      break;
    case FC.tableInit:
      tableInit(walk);
      break;
    case FC.elemDrop: {
      const segment = readElementSegment(walk);
      if (walk.isLive) drop(walk, walk.layout.elementLength(segment));
      break;
    }
    default:
      readTable(walk);
      readTable(walk);
      popThree(walk);
      if (walk.isLive) walk.emitCall(walk.layout.tableCopy());
  }
}

function popThree({ operands, at }: FunctionWalk): void {
  for (let index = 0; index < 3; index++) operands.pop(I32, at);
}

function callWithThree(walk: FunctionWalk, name: string): void {
  walk.requireMemory();
  popThree(walk);
  if (walk.isLive) walk.callLibrary(name);
}

/** Pushes where a segment begins and what is left of it, for a function that takes them as its last arguments. */
function pushSegment(walk: FunctionWalk, offset: number, length: number): void {
  walk.lower.constant(offset, 0);
  walk.native.i32(offset);
  walk.linkedGlobal(OP.globalGet, length);
}

function memoryInit(walk: FunctionWalk): void {
  const segment = readDataSegment(walk);
  readMemoryIndex(walk);
  walk.requireMemory();
  popThree(walk);
  if (!walk.isLive) return;
  pushSegment(walk, walk.layout.dataOffsets[segment] ?? 0, walk.layout.dataLength(segment));
  walk.callLibrary("millrace.memory_init");
}

function tableInit(walk: FunctionWalk): void {
  const segment = readElementSegment(walk);
  readTable(walk);
  popThree(walk);
  if (!walk.isLive) return;
  pushSegment(walk, walk.layout.elementOffsets[segment] ?? 0, walk.layout.elementLength(segment));
  walk.emitCall(walk.layout.tableInit());
}

/** Leaves nothing of a segment. */
function drop(walk: FunctionWalk, length: number): void {
  walk.lower.constant(0, 0);
  walk.native.i32(0);
  walk.linkedGlobal(OP.globalSet, length);
}

function readMemoryIndex({ reader }: FunctionWalk): void {
  const { offset } = reader;
  if (reader.byte() !== 0) throw malformed(`The memory at offset ${offset} is not 0.`, offset);
}

function readTable({ reader, linked, at }: FunctionWalk): void {
  const table = reader.u32();
  if (linked.scope.module.table === undefined || table > 0) throw invalid(`there is no table ${table}`, at);
}

function readDataSegment({ reader, linked, at }: FunctionWalk): number {
  const segment = reader.u32();
  const { dataCount } = linked.scope.module;
  if (dataCount === undefined) throw malformed("The module does not count its data segments.", at);
  if (segment >= dataCount) throw invalid(`there is no data segment ${segment}`, at);
  return segment;
}

function readElementSegment({ reader, linked, at }: FunctionWalk): number {
  const segment = reader.u32();
  if (segment >= linked.scope.module.elements.length)
    throw invalid(`there is no element segment ${segment}`, at);
  return segment;
}
