import { ByteReader } from "../../../machine/src/byte-reader.ts";
import { ByteWriter } from "../../../machine/src/encode/byte-writer.ts";
import { decodeModule } from "../../../machine/src/wasm/decode.ts";
import type { Module } from "../../../machine/src/wasm/module.ts";
import { FC, MEMORY, OP } from "../../../machine/src/wasm/opcodes.ts";

const FLAG = "nlr_unwinding";

/** What unwinding is about in a module, by index. */
interface Unwinding {
  /** The global that is not 0 while the stack is unwound. */
  flag: number;
  /** Functions that may return with the flag set. */
  throwing: ReadonlySet<number>;
}

/** One instruction; offsets count from the start of the module. */
interface Instruction {
  op: number;
  start: number;
  end: number;
  /** Labels of a jump, the callee of a call, the global that is set. */
  indices: number[];
}

/**
 * Gives a module exceptions: behind each call that may throw, the function returns at once while the flag is set, with zeros as
 * results. The flag is the exported global `nlr_unwinding`; only two functions write it (port/nlr.S), of which `nlr_protect`
 * makes the call that is protected and `nlr_throw` makes none.
 */
export function addUnwinding(wasm: Uint8Array): Uint8Array {
  const module = decodeModule(wasm);
  const flag = module.exports.find((entry) => entry.name === FLAG)?.index;
  if (flag === undefined) throw new Error(`The module does not export ${FLAG}.`);
  const writers = findWriters(module, flag);
  const unwinding = { flag, throwing: findThrowing(module, writers) };
  const code = new ByteWriter(wasm.length);
  code.u32(module.bodies.length);
  module.bodies.forEach((body, place) => {
    const index = module.importedFunctions + place;
    const isPlain = Object.values(writers).includes(index) || !unwinding.throwing.has(index);
    code.vector(isPlain ? wasm.subarray(body.start, body.end) : rewrite(module, index, unwinding));
  });
  return replaceCode(wasm, code.finish());
}

/** The two functions of nlr.S. */
function findWriters(module: Module, flag: number): { catcher: number; thrower: number } {
  const writers = functions(module).filter((index) =>
    [...instructions(module, index)].some(({ op, indices }) => op === OP.globalSet && indices[0] === flag),
  );
  const catches = (index: number) =>
    [...instructions(module, index)].some(({ op }) => op === OP.callIndirect);
  const [catcher, noCatcher] = writers.filter(catches);
  const [thrower, noThrower] = writers.filter((index) => !catches(index));
  if (catcher === undefined || thrower === undefined || noCatcher !== undefined || noThrower !== undefined)
    throw new Error(`${FLAG} is written in ${writers.length} functions, not by nlr_protect and nlr_throw.`);
  return { catcher, thrower };
}

function functions({ bodies, importedFunctions }: Module): number[] {
  return bodies.map((_, place) => importedFunctions + place);
}

/** What calls `nlr_throw`, directly or through others; an indirect call may call anything. */
function findThrowing(
  module: Module,
  { catcher, thrower }: { catcher: number; thrower: number },
): Set<number> {
  const callers = new Map<number, number[]>();
  const throwing = new Set([thrower]);
  for (const index of functions(module)) {
    for (const { op, indices } of instructions(module, index)) {
      if (op === OP.callIndirect && index !== catcher) throwing.add(index);
      if (op !== OP.call) continue;
      const [callee = 0] = indices;
      callers.set(callee, [...(callers.get(callee) ?? []), index]);
    }
  }
  for (const index of throwing) for (const caller of callers.get(index) ?? []) throwing.add(caller);
  throwing.delete(catcher);
  return throwing;
}

/** The body within one more block, to whose end the checks behind calls jump. */
function rewrite(module: Module, index: number, { flag, throwing }: Unwinding): Uint8Array {
  const { bytes } = module;
  const body = bodyOf(module, index);
  const written = new ByteWriter();
  const code = skipLocals(bytes, body);
  written.bytes(bytes.subarray(body.start, code));
  written.bytes([OP.block, 0x40]);
  let depth = 0;
  for (const { op, start, end, indices } of instructions(module, index)) {
    if (op === OP.br || op === OP.brIf || op === OP.brTable) {
      // A jump to the function's own label leaves one more block.
      const labels = indices.map((label) => (label === depth ? label + 1 : label));
      written.byte(op);
      if (op === OP.brTable) written.u32(labels.length - 1);
      for (const label of labels) written.u32(label);
      continue;
    }
    if (op === OP.block || op === OP.loop || op === OP.if) depth++;
    if (op === OP.end && depth-- === 0) break;
    written.bytes(bytes.subarray(start, end));
    if (op === OP.callIndirect || (op === OP.call && throwing.has(indices[0] ?? 0))) {
      written.byte(OP.globalGet);
      written.u32(flag);
      written.byte(OP.brIf);
      written.u32(depth);
    }
  }
  written.bytes([OP.return, OP.end]);
  for (const type of module.types[module.functions[index] ?? 0]?.results ?? []) written.bytes(zero(type));
  written.byte(OP.end);
  return written.finish();
}

function zero(type: number): number[] {
  const op = OP.i32Const + (0x7f - type);
  if (op === OP.f32Const) return [op, 0, 0, 0, 0];
  if (op === OP.f64Const) return [op, 0, 0, 0, 0, 0, 0, 0, 0];
  return [op, 0];
}

function bodyOf(module: Module, index: number): { start: number; end: number } {
  const body = module.bodies[index - module.importedFunctions];
  if (body === undefined) throw new Error(`Function ${index} has no body.`);
  return body;
}

/** Where a body's code begins. */
function skipLocals(bytes: Uint8Array, { start, end }: { start: number; end: number }): number {
  const reader = new ByteReader(bytes, start, end);
  for (let left = reader.u32(); left > 0; left--) {
    reader.u32();
    reader.byte();
  }
  return reader.offset;
}

function* instructions(module: Module, index: number): Generator<Instruction> {
  const body = bodyOf(module, index);
  const reader = new ByteReader(module.bytes, skipLocals(module.bytes, body), body.end);
  while (!reader.atEnd()) {
    const start = reader.offset;
    const op = reader.byte();
    const indices = readImmediates(reader, op);
    yield { op, start, end: reader.offset, indices };
  }
}

/** Passes over an instruction's immediates; gives its labels, its callee or the global it sets. */
function readImmediates(reader: ByteReader, op: number): number[] {
  if (MEMORY[op] !== undefined) {
    reader.u32();
    reader.u32();
    return [];
  }
  switch (op) {
    case OP.block:
    case OP.loop:
    case OP.if:
      reader.s33();
      return [];
    case OP.br:
    case OP.brIf:
    case OP.call:
    case OP.globalSet:
      return [reader.u32()];
    case OP.brTable:
      return Array.from({ length: reader.u32() + 1 }, () => reader.u32());
    case OP.callIndirect:
      reader.u32();
      reader.u32();
      return [];
    case OP.localGet:
    case OP.localSet:
    case OP.localTee:
    case OP.globalGet:
    case OP.memorySize:
    case OP.memoryGrow:
      reader.u32();
      return [];
    case OP.i32Const:
      reader.s32();
      return [];
    case OP.i64Const:
      reader.s64();
      return [];
    case OP.f32Const:
      reader.slice(4);
      return [];
    case OP.f64Const:
      reader.slice(8);
      return [];
    case OP.prefixFc:
      if (reader.u32() >= FC.memoryInit) throw new Error("Bulk instructions are not expected here.");
      return [];
    default:
      return [];
  }
}

/** The module with another code section and without names of what is exported for this pass only. */
function replaceCode(wasm: Uint8Array, code: Uint8Array): Uint8Array {
  const written = new ByteWriter(wasm.length + code.length);
  written.bytes(wasm.subarray(0, 8));
  const reader = new ByteReader(wasm, 8);
  while (!reader.atEnd()) {
    const id = reader.byte();
    const content = reader.slice(reader.u32());
    written.byte(id);
    written.vector(id === 10 ? code : id === 7 ? cutExports(content) : content);
  }
  return written.finish();
}

function cutExports(content: Uint8Array): Uint8Array {
  const reader = new ByteReader(content);
  const kept: Uint8Array[] = [];
  for (let left = reader.u32(); left > 0; left--) {
    const start = reader.offset;
    const name = reader.name();
    reader.byte();
    reader.u32();
    if (name !== FLAG) kept.push(content.subarray(start, reader.offset));
  }
  const written = new ByteWriter();
  written.u32(kept.length);
  for (const entry of kept) written.bytes(entry);
  return written.finish();
}
