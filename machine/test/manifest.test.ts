import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { embedManifest, MachineError, parseManifest, readManifest } from "../src/index.ts";
import { assemble, customSection, smallestCommand } from "./build-module.ts";
import "./seed.ts";

const identifier = fc.stringMatching(/^[A-Za-z][A-Za-z0-9._-]{0,63}$/);
const variable = fc.stringMatching(/^[a-z_][a-z0-9_]{0,20}$/);
const manifests = fc.record(
  {
    name: identifier,
    contentType: fc.constantFrom("text/html", "application/json; charset=utf-8", "image/svg+xml"),
    limits: fc.record(
      {
        timeoutMs: fc.integer({ min: 1, max: 60_000 }),
        memoryMiB: fc.integer({ min: 1, max: 1_024 }),
        inputMiB: fc.integer({ min: 1, max: 16 }),
        outputMiB: fc.integer({ min: 1, max: 16 }),
      },
      { requiredKeys: [] },
    ),
    env: fc.dictionary(
      variable,
      fc.string({ unit: "binary" }).filter((value) => !value.includes("\0")),
    ),
  },
  { requiredKeys: ["name"] },
);

describe("parseManifest", () => {
  it("default: fills in what is left out and leaves its argument alone", () => {
    const source = { name: "hello", limits: { timeoutMs: 5 } };
    expect(parseManifest(source)).to.deep.equal({
      name: "hello",
      contentType: "text/plain; charset=utf-8",
      limits: { timeoutMs: 5, memoryMiB: 128, inputMiB: 16, outputMiB: 16, fuel: 10_000_000_000 },
      env: {},
      answer: "body",
    });
    expect(source).to.deep.equal({ name: "hello", limits: { timeoutMs: 5 } });
  });

  it("error: invalid-manifest, naming the field", () => {
    const cases: [unknown, string][] = [
      [null, "JSON object"],
      [[], "JSON object"],
      ["x", "JSON object"],
      [{}, "name"],
      [{ name: "" }, "name"],
      [{ name: "x", memory: 1 }, "unknown field memory"],
      [{ name: "x", limits: { memory: 1 } }, "unknown field limits.memory"],
      [{ name: "x", limits: { timeoutMs: 60_001 } }, "limits.timeoutMs"],
      [{ name: "x", limits: { timeoutMs: 0 } }, "limits.timeoutMs"],
      [{ name: "x", limits: { fuel: 1_000_000_000_001 } }, "limits.fuel"],
      [{ name: "x", limits: { memoryMiB: 1_025 } }, "limits.memoryMiB"],
      [{ name: "x", limits: { inputMiB: 17 } }, "limits.inputMiB"],
      [{ name: "x", limits: { outputMiB: 1.5 } }, "limits.outputMiB"],
      [{ name: "x", contentType: "text/html\r\nset-cookie: a" }, "contentType"],
      [{ name: "x", env: { A: 1 } }, "env.A"],
      [{ name: "x", env: { "A B": "" } }, "A B"],
      [{ name: "x", env: { A: "\0" } }, "zero byte"],
      [{ name: "x", env: { HTTP_PROXY: "" } }, "HTTP_PROXY"],
      [{ name: "x", env: { QUERY_STRING: "" } }, "QUERY_STRING"],
      [{ name: "x", env: { A: "x".repeat(70_000) } }, "64 KiB"],
    ];
    for (const [source, named] of cases) {
      expect(() => parseManifest(source))
        .to.throw(MachineError, named)
        .with.property("code", "invalid-manifest");
    }
  });

  it("behavior: any JSON gives a manifest or a MachineError", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.jsonValue(), fc.record({ name: identifier, env: fc.jsonValue() })),
        (source) => {
          try {
            expect(parseManifest(parseManifest(source))).to.deep.equal(parseManifest(source));
          } catch (error) {
            expect(error).to.be.instanceOf(MachineError);
          }
        },
      ),
    );
  });
});

describe("embedManifest and readManifest", () => {
  it("behavior: what is embedded is read, the module stays valid, the bytes do not depend on key order", () => {
    const wasm = smallestCommand();
    fc.assert(
      fc.property(manifests, (source) => {
        const manifest = parseManifest(source);
        const embedded = embedManifest(wasm, manifest);
        expect(readManifest(embedded)).to.deep.equal(manifest);
        expect(WebAssembly.validate(embedded)).to.equal(true);
        expect(embedded.subarray(0, wasm.length)).to.deep.equal(wasm);
        const reversed = parseManifest(Object.fromEntries(Object.entries(manifest).reverse()));
        expect(embedManifest(wasm, reversed)).to.deep.equal(embedded);
      }),
    );
  });

  it("behavior: embedding again replaces, and other custom sections stay", () => {
    const wasm = readFileSync(new URL("../../sandbox/test/fixtures/words.wasm", import.meta.url));
    const [first, second] = [parseManifest({ name: "first" }), parseManifest({ name: "second" })];
    const twice = embedManifest(embedManifest(wasm, first), second);
    expect(twice).to.deep.equal(embedManifest(wasm, second));
    expect(readManifest(twice).name).to.equal("second");
  });

  it("behavior: what only the command line needs is not embedded", () => {
    const manifest = parseManifest({ name: "x", build: "make", module: "x.wasm" });
    expect(manifest).to.include({ build: "make", module: "x.wasm" });
    expect(readManifest(embedManifest(smallestCommand(), manifest))).not.to.have.any.keys("build", "module");
  });

  it("error: no-manifest, malformed for two, invalid-manifest for no JSON", () => {
    const code = (wasm: Uint8Array) => {
      try {
        return readManifest(wasm).name;
      } catch (error) {
        return (error as MachineError).code;
      }
    };
    expect(code(smallestCommand())).to.equal("no-manifest");
    const json = [...new TextEncoder().encode('{"name":"x"}')];
    expect(code(assemble(customSection("millrace", json)))).to.equal("x");
    expect(code(assemble(customSection("millrace", json), customSection("millrace", json)))).to.equal(
      "malformed",
    );
    expect(code(assemble(customSection("millrace", [0x7b])))).to.equal("invalid-manifest");
    expect(code(assemble(customSection("millrace", [0xff])))).to.equal("invalid-manifest");
    expect(code(assemble(customSection("millrace", [0x5b, 0x5d])))).to.equal("invalid-manifest");
  });
});
