/** The module `spectest` that the official suite imports from, as a library for `prepare`. */

const PRINTS: Record<string, string> = {
  print: "",
  print_i32: "i32",
  print_i64: "i64",
  print_f32: "f32",
  print_f64: "f64",
  print_i32_f32: "i32 f32",
  print_f64_f64: "f64 f64",
};

/** Its bytes: functions that do nothing, globals of 666, a table of 10 to 20 functions, a memory of 1 to 2 pages. */
export function buildSpectest(assemble: (text: string) => Uint8Array): Uint8Array {
  const functions = Object.entries(PRINTS).map(
    ([name, params]) => `(func (export "spectest.${name}") (param ${params}))`,
  );
  const globals = [
    ["i32", "666"],
    ["i64", "666"],
    ["f32", "666.6"],
    ["f64", "666.6"],
  ].map(([type, value]) => `(global (export "spectest.global_${type}") ${type} (${type}.const ${value}))`);
  return assemble(`(module ${functions.join(" ")} ${globals.join(" ")}
    (table (export "spectest.table") 10 20 funcref) (memory (export "spectest.memory") 1 2))`);
}
