import { expect } from "chai";
import { WASI_FUNCTIONS, WASI_MODULE } from "../../src/index.ts";
import { readSections } from "../../src/sections.ts";
import { wasiShim } from "../../src/wasi-shim.ts";

const { wasm } = wasiShim();

describe("the shim's module", () => {
  it("has nothing of its own but types, imports, functions, globals, exports and code", () => {
    expect(readSections(wasm).map(({ id }) => id)).to.deep.equal([1, 2, 3, 6, 7, 10]);
  });

  it("exports every function of WASI preview 1 and the bulk instructions", () => {
    const bulk = ["memory_copy", "memory_fill", "memory_grow", "memory_init"].map(
      (name) => `millrace.${name}`,
    );
    const names = WebAssembly.Module.exports(new WebAssembly.Module(wasm)).map(({ name }) => name);
    expect(names.sort()).to.deep.equal(
      [...bulk, ...WASI_FUNCTIONS.map((name) => `${WASI_MODULE}.${name}`)].sort(),
    );
  });

  it("imports the memory and the machine's own instructions only", () => {
    const imports = WebAssembly.Module.imports(new WebAssembly.Module(wasm));
    expect(imports.filter(({ module }) => module !== "millrace")).to.deep.equal([
      { module: "env", name: "memory", kind: "memory" },
    ]);
  });
});
