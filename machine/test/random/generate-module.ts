/** A valid module of WebAssembly text from a list of bytes: everything that a module may use, in any combination. */
import { EDGES } from "../paths/operations.ts";
import type { TypeName } from "../paths/types.ts";
import { choose } from "./choices.ts";
import type { Choices } from "./choices.ts";
import { generateBody } from "./generate-body.ts";

/** A function's type by names. */
export interface FunctionShape {
  params: TypeName[];
  results: TypeName[];
}

/** What function bodies may refer to. */
export interface ModuleShape {
  functions: FunctionShape[];
  /** entries of the table; behind the functions it holds nulls */
  tableSize: number;
  globals: TypeName[];
  passiveBytes: number;
}

const NUMBERS: TypeName[] = ["i32", "i64", "f32", "f64"];
const PASSIVE = "passive segment!";

/** The same module twice: as it is, and with its NaNs made canonical by its own code, for V8 without us. */
export interface Generated {
  text: string;
  canonicalText: string;
  shape: ModuleShape;
}

/** Builds both. Exports are `f0`, `f1`, …, the globals `g0`, … and `memory`. */
export function generateModule(bytes: Uint8Array): Generated {
  const choices = choose(bytes);
  const types = (most: number): TypeName[] =>
    Array.from({ length: choices.below(most + 1) }, () => choices.pick(NUMBERS));
  const functions = Array.from({ length: 1 + choices.below(4) }, () => ({
    params: types(4),
    results: types(3),
  }));
  const shape: ModuleShape = {
    functions,
    tableSize: functions.length + 2,
    globals: [...NUMBERS, "i32"],
    passiveBytes: PASSIVE.length,
  };
  const bodies = functions.map((_, index) => {
    const locals = types(5);
    return { locals, code: generateBody(choices, shape, index, locals) };
  });
  const render = (canonical: boolean): string => `(module
  ${functions.map((type, index) => `(type $t${index} (func ${signature(type)}))`).join("\n  ")}
  (memory (export "memory") 1 3)
  (table ${shape.tableSize} ${shape.tableSize} funcref)
  ${shape.globals.map((type, index) => `(global $g${index} (export "g${index}") (mut ${type}) ${initial(choices, type, index)})`).join("\n  ")}
  (elem (table 0) (i32.const 0) func ${functions.map((_, index) => `$f${index}`).join(" ")})
  (elem $e func ${functions.map((_, index) => `$f${functions.length - 1 - index}`).join(" ")})
  (data (i32.const 8) "\\00\\00\\c0\\7f\\01\\00\\a0\\ffmillrace\\ff\\ff\\ff\\ff\\00\\00\\00\\80")
  (data $d "${PASSIVE}")
  ${bodies
    .map(
      ({ locals, code }, index) =>
        `(func $f${index} (export "f${index}") ${signature(functions[index])} (local ${locals.join(" ")})
    ${code.map((line) => (canonical ? canonicalised(line) : line)).join("\n    ")})`,
    )
    .join("\n  ")}
  ${canonical ? CANONICAL : ""})`;
  return { text: render(false), canonicalText: render(true), shape };
}

function signature(type: FunctionShape | undefined): string {
  return `(param ${type?.params.join(" ") ?? ""}) (result ${type?.results.join(" ") ?? ""})`;
}

function initial(choices: Choices, type: TypeName, index: number): string {
  const integers = EDGES[type === "f32" ? "i32" : type === "f64" ? "i64" : type];
  return `(${type}.const ${integers[index] ?? choices.below(1)})`;
}

const CANONICAL = ["f32", "f64"]
  .map(
    (type) => `(func $${type} (param ${type}) (result ${type})
    (select (local.get 0) (${type}.const nan) (${type}.eq (local.get 0) (local.get 0))))`,
  )
  .join("\n  ");

/** A line whose operation may make a NaN, with the call that makes it canonical. */
function canonicalised(line: string): string {
  const [, type] =
    /^(f32|f64)\.(add|sub|mul|div|min|max|sqrt|ceil|floor|trunc|nearest|demote_f64|promote_f32)$/.exec(
      line,
    ) ?? [];
  return type === undefined ? line : `${line} call $${type}`;
}
