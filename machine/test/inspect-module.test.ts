import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import {
  embedManifest,
  inspectModule,
  MachineError,
  parseManifest,
  readManifest,
  WASI_FUNCTIONS,
} from "../src/index.ts";
import * as build from "./build-module.ts";
import { runs } from "./seed.ts";

function failure(wasm: Uint8Array, memoryMiB?: number): MachineError {
  try {
    inspectModule(wasm, memoryMiB === undefined ? {} : { memoryMiB });
  } catch (error) {
    expect(error).to.be.instanceOf(MachineError);
    return error as MachineError;
  }
  throw new Error("The module was accepted.");
}
const compiled = (name: string): Uint8Array =>
  readFileSync(new URL(`../../sandbox/test/fixtures/${name}.wasm`, import.meta.url));

describe("inspectModule", () => {
  it("default: lists imports, exports and memory of a compiled program", () => {
    const wasm = compiled("loop");
    const info = inspectModule(wasm);
    expect(info.sizeBytes).to.equal(wasm.length);
    expect(info.imports.map(({ module, name }) => `${module}.${name}`)).to.include(
      "wasi_snapshot_preview1.fd_write",
    );
    expect(info.exports.map(({ name, kind }) => `${name} ${kind}`)).to.have.members([
      "memory memory",
      "_start function",
    ]);
    expect(info.memory).to.include({ minPages: 2, maxPages: undefined });
  });

  it("behavior: agrees with V8 on the imports and exports of every fixture", () => {
    for (const name of ["echo", "escape", "iostream", "memory", "words", "pointers"]) {
      const module = new WebAssembly.Module(compiled(name));
      const { imports, exports } = inspectModule(compiled(name));
      const plainImports = imports.map((entry) => ({
        module: entry.module,
        name: entry.name,
        kind: entry.kind,
      }));
      expect(plainImports).to.deep.equal(WebAssembly.Module.imports(module));
      const plainExports = exports.map(({ name, kind }) => ({ name, kind }));
      expect(plainExports).to.deep.equal(WebAssembly.Module.exports(module));
    }
  });

  it("behavior: accepts every function of WASI preview 1", () => {
    const imports = build.importSection(
      ...WASI_FUNCTIONS.map((name): [string, string] => ["wasi_snapshot_preview1", name]),
    );
    const wasm = build.assemble(build.typeSection, imports, build.memorySection(1), build.commandExports);
    expect(inspectModule(wasm).imports).to.have.length(46);
  });

  it("error: not-wasm", () => {
    for (const bytes of [
      new Uint8Array(0),
      new TextEncoder().encode("(module)"),
      Uint8Array.of(0, 0x61, 0),
    ]) {
      expect(failure(bytes)).to.include({ code: "not-wasm", offset: 0 });
    }
  });

  it("error: truncated, at every length that does not end a section", () => {
    const wasm = compiled("loop");
    const codes = new Set<string>();
    for (let length = 1; length < wasm.length; length += 1) {
      try {
        inspectModule(wasm.subarray(0, length));
      } catch (error) {
        codes.add((error as MachineError).code);
        expect(error).to.be.instanceOf(MachineError);
      }
    }
    expect([...codes]).to.have.members(["truncated", "malformed", "no-start"]);
    expect(failure(wasm.subarray(0, 100))).to.include({ code: "truncated" });
    expect(failure(wasm.subarray(0, 100)).offset).to.be.a("number");
  });

  it("error: forbidden-import names them and gives the offset", () => {
    const imports = build.importSection(
      ["wasi_snapshot_preview1", "fd_write"],
      ["env", "fetch"],
      ["wasi_snapshot_preview1", "fd_dup"],
    );
    const error = failure(
      build.assemble(build.typeSection, imports, build.memorySection(1), build.commandExports),
    );
    expect(error).to.include({ code: "forbidden-import" });
    expect(error.message).to.contain("env.fetch (function), wasi_snapshot_preview1.fd_dup (function)");
    expect(error.offset).to.be.above(8);
    expect(error.nextStep).to.contain("wasi_snapshot_preview1");
  });

  it("error: forbidden-import for an imported memory, table or global", () => {
    const kinds = [
      [2, 0, 1],
      [1, 0x70, 0, 1],
      [3, 0x7f, 0],
    ];
    for (const type of kinds) {
      const imports = build.section(2, [1, 1, 0x61, 1, 0x62, ...type]);
      expect(failure(build.assemble(imports))).to.include({ code: "forbidden-import" });
    }
  });

  it("error: no-start, when missing or no function", () => {
    const without = build.assemble(build.memorySection(1), build.exportSection(["memory", 2]));
    expect(failure(without)).to.include({ code: "no-start" });
    const asMemory = build.assemble(
      build.memorySection(1),
      build.exportSection(["_start", 2], ["memory", 2]),
    );
    expect(failure(asMemory)).to.include({ code: "no-start" });
  });

  it("error: no-memory, when missing or not exported", () => {
    const command = (memory: number[]) =>
      build.assemble(
        ...[build.typeSection, build.functionSection, memory],
        ...[build.exportSection(["_start", 0]), build.codeSection],
      );
    expect(failure(command([]))).to.include({ code: "no-memory" });
    expect(failure(command(build.memorySection(1)))).to.include({ code: "no-memory" });
  });

  it("error: memory-too-large, by parameter, by manifest, by default", () => {
    const command = build.smallestCommand(build.memorySection(33));
    expect(failure(command, 2)).to.include({ code: "memory-too-large" });
    expect(inspectModule(command, { memoryMiB: 3 }).memory.minPages).to.equal(33);
    const withManifest = embedManifest(command, parseManifest({ name: "x", limits: { memoryMiB: 2 } }));
    expect(failure(withManifest)).to.include({ code: "memory-too-large" });
    expect(failure(build.smallestCommand(build.memorySection(128 * 16 + 1)))).to.include({
      code: "memory-too-large",
    });
  });

  it("behavior: a declared maximum above the limit is accepted, since the preparation lowers it", () => {
    expect(inspectModule(build.smallestCommand(build.memorySection(1, 65_536))).memory.maxPages).to.equal(
      65_536,
    );
  });

  it("error: unsupported-feature, named", () => {
    const cases: [string, Uint8Array][] = [
      ["more than one memory", build.smallestCommand(build.section(5, [2, 0, 1, 0, 1]))],
      ["a shared memory", build.smallestCommand(build.memorySection(1, 2, 3))],
      ["a 64-bit memory", build.smallestCommand(build.memorySection(1, undefined, 4))],
      ["exceptions", build.assemble(build.typeSection, build.section(13, [1, 0, 0]))],
      ["garbage-collected types", build.assemble(build.section(1, [1, 0x5f, 0]))],
      ["typed references", build.assemble(build.section(1, [1, 0x60, 1, 0x6e, 0]))],
      ["component", Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0)],
      ["version 2", Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 0, 0)],
    ];
    for (const [feature, wasm] of cases) {
      const error = failure(wasm);
      expect(error.code, feature).to.equal("unsupported-feature");
      expect(error.message).to.contain(feature);
      expect(error.offset).to.be.a("number");
    }
  });

  it("error: malformed for a section that stands twice", () => {
    const twice = build.assemble(build.memorySection(1), build.memorySection(1));
    expect(failure(twice)).to.include({ code: "malformed" });
  });

  it("behavior: random bytes are refused with a MachineError and nothing else", () => {
    const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Uint8Array.from([...header, ...bytes])),
      fc
        .array(fc.tuple(fc.nat(13), fc.array(fc.nat(255), { maxLength: 30 })), { maxLength: 8 })
        .map((sections) => build.assemble(...sections.map(([id, content]) => build.section(id, content)))),
    );
    fc.assert(fc.property(anything, survives), { numRuns: runs(2_000) });
  });

  it("behavior: compiled programs with some bytes changed are judged without any other error", () => {
    const wasm = compiled("loop");
    const change = fc.tuple(fc.nat(wasm.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
        const changed = Uint8Array.from(wasm);
        for (const [place, value] of changes) changed[place] = value;
        survives(changed);
      }),
      { numRuns: runs(2_000) },
    );
  });
});

function survives(bytes: Uint8Array): void {
  for (const judge of [inspectModule, readManifest]) {
    try {
      judge(bytes);
    } catch (error) {
      expect(error).to.be.instanceOf(MachineError);
    }
  }
}
