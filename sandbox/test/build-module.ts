/** What stands in a hand-made module besides `_start` and `memory`. */
export interface HandMadeModule {
  /** Instructions of `_start`, without the final `end`. */
  code: number[];
  /** Imports of functions that return nothing, as [module, name]. */
  imports?: [string, string][];
  /** Value types that the imports take instead of nothing. */
  importParameters?: number[];
  memory?: number[];
  tables?: number;
  /** Number of locals of type i32. */
  locals?: number;
  exports?: { start?: string; memory?: string };
  /** Runs the code at instantiation already. */
  isStartSection?: boolean;
}

const text = (value: string): number[] => list([...new TextEncoder().encode(value)]);
const list = (items: number[], count = items.length): number[] => [...leb(count), ...items];
const leb = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) | 128, ...leb(Math.floor(value / 128))];
const section = (id: number, content: number[]): number[] => [id, ...list(content)];

/** Assembles a small module by hand, for what no compiler writes. */
export function buildModule(parts: HandMadeModule): Uint8Array {
  const {
    code,
    imports = [],
    importParameters = [],
    memory = [0, 1],
    tables = 0,
    locals = 0,
    exports = {},
  } = parts;
  const functionIndex = imports.length;
  const body = [...(locals > 0 ? [1, ...leb(locals), 0x7f] : [0]), ...code, 0x0b];
  const importEntries = imports.flatMap(([module, name]) => [...text(module), ...text(name), 0, 1]);
  const tableEntries = Array.from({ length: tables }, () => [0x70, 0, 0]).flat();
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list([...[0x60, 0, 0], ...[0x60, ...list(importParameters), 0]], 2)),
    ...section(2, list(importEntries, imports.length)),
    ...section(3, list([0])),
    ...section(4, list(tableEntries, tables)),
    ...section(5, list(memory, 1)),
    ...section(7, [
      2,
      ...[...text(exports.start ?? "_start"), 0, ...leb(functionIndex)],
      ...[...text(exports.memory ?? "memory"), 2, 0],
    ]),
    ...(parts.isStartSection === true ? section(8, leb(functionIndex)) : []),
    ...section(10, list(list(body), 1)),
  ]);
}
