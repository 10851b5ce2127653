import { expect } from "chai";
import { prepare } from "../../src/index.ts";
import { nameFunctions } from "../../src/native/prepare.ts";
import {
  assemble,
  commandExports,
  customSection,
  memorySection,
  section,
  typeSection,
} from "../build-module.ts";

const word = (text: string): number[] => [text.length, ...new TextEncoder().encode(text)];
const importSection = section(2, [1, ...word("wasi_snapshot_preview1"), ...word("sched_yield"), 0, 1]);
const types = section(1, [2, 0x60, 0, 0, 0x60, 0, 1, 0x7f]);
const exportsOfSecond = section(7, [2, ...word("_start"), 0, 1, ...word("memory"), 2, 0]);

/** An import, `_start` that calls what traps, and names for all three. */
const named = (...names: number[]): Uint8Array =>
  assemble(
    types,
    importSection,
    section(3, [2, 0, 0]),
    memorySection(1),
    exportsOfSecond,
    section(10, [2, 7, 0, 0x10, 0, 0x1a, 0x10, 2, 0x0b, 3, 0, 0x00, 0x0b]),
    customSection("name", names),
  );

/** The names in the trace of the module's trap. */
function traceOf(wasm: Uint8Array): string[] {
  const { module, program } = prepare(wasm, { maxPages: 1 });
  const memory = new WebAssembly.Memory({ initial: program.pages, maximum: 1 });
  const spaces = { initial: 512, maximum: 512 };
  const millrace = {
    memory,
    input: new WebAssembly.Memory(spaces),
    output: new WebAssembly.Memory({ ...spaces, shared: true }),
    data: new WebAssembly.Memory({ initial: 256, maximum: 256 }),
  };
  const compiled = new WebAssembly.Module(nameFunctions(wasm, module));
  const { run, fuel } = new WebAssembly.Instance(compiled, { millrace }).exports as {
    run: () => void;
    fuel: { value: bigint };
  };
  fuel.value = 1000n;
  try {
    run();
  } catch (error) {
    return [...((error as Error).stack ?? "").matchAll(/at (?:(\S+) \()?wasm:/g)].map(
      ([, name]) => name ?? "",
    );
  }
  return [];
}

describe("nameFunctions", () => {
  const map = [3, 0, ...word("yield"), 1, ...word("main"), 2, ...word("boom")];

  it("names the functions of a trace as the module does", () => {
    expect(traceOf(named(0, 2, 1, 0x78, 1, map.length, ...map)).slice(0, 2)).to.deep.equal(["boom", "main"]);
  });

  it("leaves a module without names, or with a section that is none, as it is", () => {
    const wrong = [[], [1], [1, 200], [1, 3, 1, 1, 200], [1, map.length, ...map.slice(0, -1)]];
    const unordered = [2, 2, ...word("boom"), 1, ...word("main")];
    for (const names of [...wrong, [1, unordered.length, ...unordered], [2, 0]])
      expect(traceOf(named(...names)).slice(0, 2)).to.deep.equal(["", ""]);
    const plain = assemble(
      typeSection,
      section(3, [1, 0]),
      memorySection(1),
      commandExports,
      section(10, [1, 2, 0, 0x0b]),
    );
    const { module } = prepare(plain, { maxPages: 1 });
    expect(nameFunctions(plain, module)).to.equal(module);
  });

  it("does not name what the module does not have", () => {
    const far = [2, 1, ...word("main"), 99, ...word("far")];
    expect(traceOf(named(1, far.length, ...far)).slice(0, 2)).to.deep.equal(["", "main"]);
  });
});
