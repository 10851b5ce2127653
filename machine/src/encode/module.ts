import { ByteWriter } from "./byte-writer.ts";
import type { Code, ValueType } from "./instructions.ts";

/** A function to write; its index is its place in the list. */
export interface FunctionDefinition {
  params: readonly ValueType[];
  results: readonly ValueType[];
  /** Locals behind the parameters. */
  locals: readonly ValueType[];
  /** The body without its final `end`. */
  body: Code;
  /** The name under which it is exported, if it is. */
  exportName?: string;
}

const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const FUNCTION_TYPE = 0x60;
const END = 0x0b;
const EXPORT_FUNCTION = 0;

/** Encodes a module of functions of our own over one imported memory, `host.memory`, of at least `pages` pages. */
export function encodeModule(functions: readonly FunctionDefinition[], pages: number): Uint8Array {
  const module = new ByteWriter();
  module.bytes(PREAMBLE);
  section(module, 1, (types) => {
    types.u32(functions.length);
    for (const { params, results } of functions) {
      types.byte(FUNCTION_TYPE);
      types.vector(Uint8Array.from(params));
      types.vector(Uint8Array.from(results));
    }
  });
  section(module, 2, (imports) => {
    imports.u32(1);
    imports.name("host");
    imports.name("memory");
    imports.bytes([0x02, 0x00]);
    imports.u32(pages);
  });
  section(module, 3, (indices) => {
    indices.u32(functions.length);
    functions.forEach((_, index) => indices.u32(index));
  });
  section(module, 7, (exports) => {
    const named = functions.flatMap(({ exportName }, index) =>
      exportName === undefined ? [] : [{ exportName, index }],
    );
    exports.u32(named.length);
    for (const { exportName, index } of named) {
      exports.name(exportName);
      exports.byte(EXPORT_FUNCTION);
      exports.u32(index);
    }
  });
  section(module, 10, (bodies) => {
    bodies.u32(functions.length);
    for (const definition of functions) bodies.vector(encodeBody(definition));
  });
  return module.finish();
}

function section(module: ByteWriter, id: number, write: (content: ByteWriter) => void): void {
  const content = new ByteWriter();
  write(content);
  module.byte(id);
  module.vector(content.finish());
}

function encodeBody({ locals, body }: FunctionDefinition): Uint8Array {
  const writer = new ByteWriter();
  writer.u32(locals.length);
  for (const type of locals) writer.bytes([1, type]);
  writeCode(writer, body);
  writer.byte(END);
  return writer.finish();
}

function writeCode(writer: ByteWriter, code: Code): void {
  for (const part of code) {
    if (typeof part === "number") writer.byte(part);
    else writeCode(writer, part);
  }
}
