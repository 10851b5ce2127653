const leb = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) | 128, ...leb(Math.floor(value / 128))];
const text = (value: string): number[] => {
  const bytes = [...new TextEncoder().encode(value)];
  return [...leb(bytes.length), ...bytes];
};

/** A section: its id and its content. */
export const section = (id: number, content: number[]): number[] => [id, ...leb(content.length), ...content];

/** A module of the given sections. */
export const assemble = (...sections: number[][]): Uint8Array =>
  Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...sections.flat()]);

/** The import section for functions of type 0. */
export const importSection = (...imports: [string, string][]): number[] =>
  section(2, [
    ...leb(imports.length),
    ...imports.flatMap(([module, name]) => [...text(module), ...text(name), 0, 0]),
  ]);

/** The export section; kinds are 0 for a function, 2 for a memory. */
export const exportSection = (...exports: [string, number][]): number[] =>
  section(7, [...leb(exports.length), ...exports.flatMap(([name, kind]) => [...text(name), kind, 0])]);

/** A custom section. */
export const customSection = (name: string, content: number[] = []): number[] =>
  section(0, [...text(name), ...content]);

/** The type and function sections for one function without parameters and results, and its code that does nothing. */
export const typeSection = section(1, [1, 0x60, 0, 0]);
/** One function of type 0. */
export const functionSection = section(3, [1, 0]);
/** The code of one function, which does nothing. */
export const codeSection = section(10, [1, 2, 0, 0x0b]);

/** The exports every command has. */
export const commandExports = exportSection(["_start", 0], ["memory", 2]);

/** A memory section; `flags` as in the binary format. */
export const memorySection = (
  minPages: number,
  maxPages?: number,
  flags = maxPages === undefined ? 0 : 1,
): number[] => section(5, [1, flags, ...leb(minPages), ...(maxPages === undefined ? [] : leb(maxPages))]);

/** The smallest module that may run. */
export const smallestCommand = (memory = memorySection(1), tables: number[] = []): Uint8Array =>
  assemble(typeSection, functionSection, tables, memory, commandExports, codeSection);
