import { DATA_PAGES } from "../data-space.ts";
import { ByteWriter } from "../encode/byte-writer.ts";
import type { Program } from "../program.ts";
import { OP } from "../wasm/opcodes.ts";
import { FUNCREF, I32, I64 } from "../wasm/types.ts";
import type { FunctionType } from "../wasm/types.ts";
import { elementStart } from "./assemble.ts";
import { NATIVE, NATIVE_GLOBAL } from "./instrument.ts";
import { CONSTANT_OP } from "./intrinsics.ts";
import type { Layout } from "./layout.ts";
import type { LinkedFunction } from "./link.ts";

/** What the global `why` says when a run ended by `unreachable`. */
export const WHY = { nothing: 0, exited: 1, stackExhausted: 2, outOfFuel: 3, hostMemory: 4 } as const;

/** Pages of the native memories of the input and output spaces: 32 MiB. */
export const SPACE_PAGES = 512;
const FUNCTION = 0;
const MEMORY = 2;
const GLOBAL = 3;
const SHARED_WITH_MAXIMUM = 3;
const WITH_MAXIMUM = 1;
const VOID = 0x40;
const DATA_MEMORY = 3;

/** Parameters of {@link encodeNativeModule}. */
interface NativeModuleParameters {
  layout: Layout;
  program: Program;
  /** Local declarations and code of each linked function. */
  bodies: readonly Uint8Array[];
  run: LinkedFunction;
}

interface Wrapper {
  name: string;
  target: LinkedFunction;
}

/** Writes the instrumented module (docs/machine.md; what it imports and exports: native/). */
export function encodeNativeModule({ layout, program, bodies, run }: NativeModuleParameters): Uint8Array {
  const { linker, nativeTypes } = layout;
  const wrappers = wrappersOf(layout, run);
  const plain = (type: FunctionType): number => nativeTypes.plain(type);
  const types = [
    ...[plain({ params: [], results: [] }), plain({ params: [], results: [] })],
    ...[plain({ params: [I32], results: [I32] }), plain({ params: [I32, I32], results: [] })],
    ...linker.functions.map(({ type }) => nativeTypes.function(type)),
    ...wrappers.map(({ target }) => plain(target.type)),
  ];
  const code = [
    ...[leave(WHY.outOfFuel), leave(WHY.stackExhausted), grow(program.maxPages), halt()],
    ...bodies,
    ...wrappers.map(({ target }) => wrapper(target, program.frameBase)),
  ];
  const out = new ByteWriter(bodies.reduce((sum, { length }) => sum + length + 8, 4096));
  out.bytes([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  section(out, 1, nativeTypes.encode());
  section(out, 2, imports(program));
  section(
    out,
    3,
    vector(types, (to, type) => to.u32(type)),
  );
  const tables = nativeTables(layout);
  if (tables.length > 0) section(out, 4, vector(tables, writeTable));
  section(out, 6, globals(layout));
  section(out, 7, exports(layout, wrappers));
  const elements = nativeElements(layout);
  if (elements.length > 0) section(out, 9, vector(elements, writeElement));
  section(out, 10, vector(code, writeSized));
  const data = nativeData(program);
  if (data.length > 0) section(out, 11, vector(data, writeData));
  return out.finish();
}

function section(out: ByteWriter, id: number, content: ByteWriter): void {
  out.byte(id);
  out.vector(content.view());
}

function vector<T>(items: readonly T[], write: (to: ByteWriter, item: T) => void): ByteWriter {
  const out = new ByteWriter();
  out.u32(items.length);
  for (const item of items) write(out, item);
  return out;
}

function imports({ pages, maxPages }: Program): ByteWriter {
  const memories: [string, number, number, number][] = [
    ["memory", WITH_MAXIMUM, pages, maxPages],
    ["input", WITH_MAXIMUM, 0, SPACE_PAGES],
    ["output", SHARED_WITH_MAXIMUM, SPACE_PAGES, SPACE_PAGES],
    // The script stands in it already, or nothing; the module itself adds its passive data.
    ["data", WITH_MAXIMUM, DATA_PAGES, DATA_PAGES],
  ];
  return vector(memories, (to, [name, flags, least, most]) => {
    to.name("millrace");
    to.name(name);
    to.bytes([MEMORY, flags]);
    to.u32(least);
    to.u32(most);
  });
}

// ---- functions of the machine itself ----

function leave(why: number): Uint8Array {
  return Uint8Array.of(0, OP.i32Const, why, OP.globalSet, NATIVE_GLOBAL.why, OP.unreachable, OP.end);
}

/** memory.grow; that the host refuses what the limit allows is no result. */
function grow(maxPages: number): Uint8Array {
  const body = new ByteWriter();
  body.bytes([
    1,
    1,
    I32,
    OP.localGet,
    0,
    OP.memoryGrow,
    0,
    OP.localTee,
    1,
    OP.i32Const,
    0x7f,
    0x46,
    OP.if,
    VOID,
  ]);
  body.bytes([OP.memorySize, 0, 0xad, OP.localGet, 0, 0xad, OP.i64Add, OP.i64Const]);
  body.s64(BigInt(maxPages));
  body.bytes([0x58, OP.if, VOID, OP.i32Const, WHY.hostMemory, OP.globalSet, NATIVE_GLOBAL.why]);
  body.bytes([OP.unreachable, OP.end, OP.end, OP.localGet, 1, OP.end]);
  return body.view();
}

function halt(): Uint8Array {
  return Uint8Array.of(
    ...[0, OP.localGet, 0, OP.globalSet, NATIVE_GLOBAL.exitCode],
    ...[OP.localGet, 1, OP.globalSet, NATIVE_GLOBAL.outLen],
    ...[OP.i32Const, WHY.exited, OP.globalSet, NATIVE_GLOBAL.why, OP.unreachable, OP.end],
  );
}

// ---- what is called from outside ----

function wrappersOf({ linker }: Layout, run: LinkedFunction): Wrapper[] {
  const { module } = linker.user;
  const wrappers: Wrapper[] = [{ name: "run", target: run }];
  const add = (name: string, index: number): void => {
    const target = linker.functionAt(linker.user, index);
    if (target.kind === "function") wrappers.push({ name, target });
  };
  for (const { name, kind, index } of module.exports) if (kind === "function") add(`export:${name}`, index);
  return wrappers;
}

/** Calls a function with its own parameters and the first frame. */
function wrapper({ type, index }: LinkedFunction, frameBase: number): Uint8Array {
  const body = new ByteWriter();
  body.u32(0);
  type.params.forEach((_param, local) => {
    body.byte(OP.localGet);
    body.u32(local);
  });
  body.byte(OP.i32Const);
  body.s32(frameBase);
  body.byte(OP.call);
  body.u32(NATIVE.count + index);
  body.byte(OP.end);
  return body.view();
}

function exports({ linker }: Layout, wrappers: readonly Wrapper[]): ByteWriter {
  const own = { fuel: 0, why: 1, exitCode: 2, outLen: 3, inputLength: 4 };
  const first = NATIVE.count + linker.functions.length;
  const entries: [string, number, number][] = [
    ...Object.entries(own).map(([name, index]): [string, number, number] => [name, GLOBAL, index]),
    ...wrappers.map(({ name }, index): [string, number, number] => [name, FUNCTION, first + index]),
    ...linker.user.module.exports
      .filter(({ kind }) => kind === "global")
      .map(({ name, index }): [string, number, number] => [
        `global:${name}`,
        GLOBAL,
        NATIVE_GLOBAL.count + linker.globalAt(linker.user, index),
      ]),
  ];
  return vector(entries, (to, [name, kind, index]) => {
    to.name(name);
    to.byte(kind);
    to.u32(index);
  });
}

function globals({ linker }: Layout): ByteWriter {
  const own = [I64, I32, I32, I32, I32].map((type) => ({ type, isMutable: true, bits: 0n }));
  return vector([...own, ...linker.globals], (to, { type, isMutable, bits }) => {
    to.byte(type);
    to.byte(isMutable ? 1 : 0);
    to.byte(CONSTANT_OP[type] ?? 0);
    if (type === I32) to.s32(Number(BigInt.asIntN(32, bits)));
    else if (type === I64) to.s64(bits);
    else
      for (let index = 0; index < (type === 0x7d ? 4 : 8); index++)
        to.byte(Number((bits >> BigInt(8 * index)) & 0xffn));
    to.byte(OP.end);
  });
}

// ---- tables, memories and what they begin with ----

function nativeTables({ tables, linker }: Layout): number[] {
  const lengths = tables.map(({ length }) => length);
  if (linker.user.module.table === undefined) return [];
  return lengths;
}

function writeTable(to: ByteWriter, length: number): void {
  to.bytes([FUNCREF, WITH_MAXIMUM]);
  to.u32(length);
  to.u32(length);
}

interface NativeElement {
  table: number;
  start: number;
  functions: readonly (number | null)[];
}

/** Runs of entries that are no nulls: a table begins with nulls. */
function nativeElements(layout: Layout): NativeElement[] {
  const { linker } = layout;
  if (linker.user.module.table === undefined) return [];
  return linker.user.module.elements.flatMap((segment, index) => {
    if (segment.mode === "declarative" || segment.functions.length === 0) return [];
    const isActive = segment.mode === "active";
    const start = isActive ? elementStart(layout, segment) : (layout.elementOffsets[index] ?? 0);
    const functions = segment.functions.map((reference) => {
      const linked = reference === null ? null : linker.functionAt(linker.user, reference);
      return linked?.kind === "function" ? NATIVE.count + linked.index : null;
    });
    return [{ table: isActive ? 0 : 1, start, functions }];
  });
}

/** An active segment of reference expressions: nulls can stand in it. */
function writeElement(to: ByteWriter, { table, start, functions }: NativeElement): void {
  const WITH_TABLE_AND_EXPRESSIONS = 6;
  to.u32(WITH_TABLE_AND_EXPRESSIONS);
  to.u32(table);
  to.byte(OP.i32Const);
  to.s32(start);
  to.bytes([OP.end, FUNCREF]);
  to.u32(functions.length);
  for (const index of functions) {
    if (index === null) to.bytes([0xd0, FUNCREF]);
    else {
      to.byte(0xd2);
      to.u32(index);
    }
    to.byte(OP.end);
  }
}

interface NativeData {
  memory: number;
  offset: number;
  bytes: Uint8Array;
}

function nativeData({ segments, data }: Program): NativeData[] {
  const active = segments.map(({ offset, bytes }) => ({ memory: 0, offset, bytes }));
  return data.length === 0 ? active : [...active, { memory: DATA_MEMORY, offset: 0, bytes: data }];
}

function writeData(to: ByteWriter, { memory, offset, bytes }: NativeData): void {
  to.u32(memory === 0 ? 0 : 2);
  if (memory !== 0) to.u32(memory);
  to.byte(OP.i32Const);
  to.s32(offset);
  to.byte(OP.end);
  writeSized(to, bytes);
}

function writeSized(to: ByteWriter, bytes: Uint8Array): void {
  to.vector(bytes);
}
