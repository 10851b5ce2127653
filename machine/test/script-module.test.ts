import { readFileSync } from "node:fs";
import { expect } from "chai";
import { encodeInput } from "../src/call/encode-input.ts";
import { commitmentOf } from "../src/commitment.ts";
import { embedManifest } from "../src/embed-manifest.ts";
import { MachineError } from "../src/errors.ts";
import { parseManifest } from "../src/manifest.ts";
import { createStateTrees } from "../src/merkle/state-trees.ts";
import { prepare } from "../src/prepare.ts";
import { openReplay } from "../src/replay/replay.ts";
import { buildScriptModule, checkRuntime, readScriptModule } from "../src/script-module.ts";
import { verifyStep } from "../src/witness/verify.ts";
import { concatBytes } from "../src/sections.ts";
import { customSection, smallestCommand } from "./build-module.ts";
import { replay, runNatively } from "./paths/run-input.ts";

const RUNTIME = readFileSync(new URL("../../sandbox/test/fixtures/runtime.wasm", import.meta.url));
const CID = `bafkrei${"a".repeat(52)}`;
const MAX_SCRIPT_BYTES = 2 ** 22;
const utf8 = new TextEncoder();
const manifest = parseManifest({ name: "script", runtime: CID, script: "build/script.js", answer: "cgi" });

function failure(call: () => unknown): MachineError {
  try {
    call();
  } catch (error) {
    if (error instanceof MachineError) return error;
    throw error;
  }
  throw new Error("It did not fail.");
}

describe("a script's module", () => {
  it("default: keeps manifest and script", () => {
    const script = utf8.encode("answer('hello')");
    const read = readScriptModule(buildScriptModule(script, manifest));
    const embedded = parseManifest({ name: "script", runtime: CID, answer: "cgi" });
    expect(read).to.deep.equal({ manifest: embedded, runtime: CID, script });
    expect(WebAssembly.validate(Uint8Array.from(buildScriptModule(script, manifest)))).to.equal(true);
  });

  it("behavior: a module with code of its own is none", () => {
    const module = embedManifest(smallestCommand(), parseManifest({ name: "plain" }));
    expect(readScriptModule(module)).to.equal(undefined);
    expect(() => checkRuntime(module, CID)).not.to.throw();
  });

  it("error: invalid-manifest without the CID of a runtime", () => {
    const script = utf8.encode("x");
    for (const runtime of [undefined, "javascript", "../runtime.wasm", `${CID}a`]) {
      const settings = { name: "script", ...(runtime === undefined ? {} : { runtime }) };
      const error = failure(() => buildScriptModule(script, parseManifest(settings)));
      expect(error).to.include({ code: "invalid-manifest" });
      expect(error.message).to.contain("runtime");
    }
  });

  it("error: invalid-script, empty or too large", () => {
    expect(failure(() => buildScriptModule(new Uint8Array(0), manifest))).to.include({
      code: "invalid-script",
    });
    buildScriptModule(new Uint8Array(MAX_SCRIPT_BYTES), manifest);
    const error = failure(() => buildScriptModule(new Uint8Array(MAX_SCRIPT_BYTES + 1), manifest));
    expect(error).to.include({ code: "invalid-script" });
    expect(error.message).to.contain("4 MiB");
    expect(failure(() => prepare(RUNTIME, { maxPages: 16, script: new Uint8Array(0) }))).to.include({
      code: "invalid-script",
    });
  });

  it("error: invalid-script with code beside the script, two scripts, or a runtime and no script", () => {
    const script = buildScriptModule(utf8.encode("x"), manifest);
    const section = Uint8Array.from(customSection("millrace.script", [1]));
    const withRuntime = parseManifest({ name: "x", runtime: CID });
    for (const wasm of [
      embedManifest(concatBytes(smallestCommand(), section), withRuntime),
      concatBytes(script, section),
      embedManifest(smallestCommand(), withRuntime),
    ])
      expect(failure(() => readScriptModule(wasm))).to.include({ code: "invalid-script" });
  });

  it("error: invalid-runtime for a script that should run another", () => {
    const error = failure(() => checkRuntime(buildScriptModule(utf8.encode("x"), manifest), CID));
    expect(error).to.include({ code: "invalid-runtime" });
    expect(error.message).to.contain(CID);
  });
});

describe("a runtime with its script", function () {
  this.timeout(60_000);
  const maxPages = 16;
  const scriptOf = (length: number) => Uint8Array.from({ length }, (_unused, index) => index * 7);
  const input = encodeInput({
    ...{ args: ["script"], env: [], acceptedAtMs: 0, seed: new Uint8Array(32), stdin: utf8.encode("body") },
    outputBytes: 2 ** 24,
  });
  const fuel = 2n ** 40n;

  it("the instrumented module is the same for every script and for none, the commitment never", () => {
    const scripts = [undefined, scriptOf(1), scriptOf(2), scriptOf(5000)];
    const prepared = scripts.map((script) =>
      prepare(RUNTIME, script === undefined ? { maxPages } : { maxPages, script }),
    );
    const [first] = prepared;
    for (const [index, one] of prepared.entries()) {
      expect(one.module).to.deep.equal(first?.module);
      if (first !== undefined) expect(commitmentOf(first.parts, scripts[index])).to.equal(one.commitment);
    }
    expect(new Set(prepared.map(({ commitment }) => commitment)).size).to.equal(scripts.length);
  });

  it("native = interpreter, and both answer the script and the body", () => {
    for (const length of [undefined, 1, 4092, 4093, 100_000]) {
      const script = length === undefined ? undefined : scriptOf(length);
      const prepared = prepare(RUNTIME, script === undefined ? { maxPages } : { maxPages, script });
      const native = runNatively({ prepared, input, fuel });
      expect(replay({ prepared, input, fuel }).result).to.deep.equal(native);
      expect(native.exitCode).to.equal(script === undefined ? 3 : 0);
      if (script !== undefined)
        expect(Buffer.from(native.output)).to.deep.equal(Buffer.concat([script, Buffer.from("body")]));
    }
  });

  it("steps that read the script, every third of all, are verified from their witnesses", () => {
    const script = scriptOf(40);
    const { program } = prepare(RUNTIME, { maxPages, script });
    const run = openReplay({ program, input, fuel });
    const { dataRoot } = createStateTrees({ program, input }).fixed;
    expect(dataRoot).not.to.deep.equal(
      createStateTrees({ program: { ...program, script: scriptOf(39) }, input }).fixed.dataRoot,
    );
    const { steps } = run.end();
    for (let step = 0; step < steps; step += 3) {
      const next = verifyStep({
        fixed: run.fixed,
        stateHash: run.stateHashAt(step),
        witness: run.witnessAt(step),
      });
      expect(Buffer.from(next).equals(run.stateHashAt(step + 1)), `step ${step}`).to.equal(true);
    }
  });
});
