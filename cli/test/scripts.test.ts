import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { buildScriptModule, parseManifest, prepare, readScriptModule } from "@millrace/machine";
import { moduleCid } from "@millrace/sdk";
import {
  millrace,
  millraceFails,
  millraceJson,
  root,
  scratchFolder,
  type Setting,
} from "./support/millrace.ts";

const fixture = join(root, "sandbox/test/fixtures/runtime.wasm");

interface Built {
  cid: string;
  file: string;
  runtime: string;
}

describe("millrace function: scripts", function () {
  this.timeout(120_000);
  let setting: Setting;
  let remove: () => Promise<void>;
  let folder: string;
  let wasm: Uint8Array;

  before(async () => {
    const scratch = await scratchFolder();
    setting = { cwd: scratch.folder };
    folder = join(scratch.folder, "scripted");
    ({ remove } = scratch);
    wasm = await readFile(fixture);
  });
  after(() => remove());

  /** A function's folder whose script is what its build command copies. */
  async function write(
    settings: object = {},
    script = "Status: 201 Made\nX-From: script\n\nHello ",
  ): Promise<void> {
    await mkdir(join(folder, "src"), { recursive: true });
    await cp(fixture, join(folder, "runtime.wasm"));
    await writeFile(join(folder, "src/script.txt"), script);
    const manifest = {
      ...{ name: "scripted", runtime: "./runtime.wasm", script: "build/script.txt", answer: "cgi" },
      ...{ build: "mkdir -p build && cp src/script.txt build/script.txt", ...settings },
    };
    await writeFile(join(folder, "millrace.json"), JSON.stringify(manifest));
  }

  it("default: build makes a module of script and settings that names its runtime; inspect shows both", async () => {
    await write();
    const built = await millraceJson<Built>(setting, ["function", "build", "scripted"]);
    const module = await readFile(built.file);
    const script = await readFile(join(folder, "src/script.txt"));
    expect(built).to.include({ cid: await moduleCid(module), runtime: await moduleCid(wasm) });
    expect(readScriptModule(module)).to.deep.include({
      runtime: built.runtime,
      script: Uint8Array.from(script),
    });
    const { commitment } = prepare(wasm, { maxPages: 128 * 16, script });
    for (const target of ["scripted", built.file]) {
      const seen = await millraceJson<object>(setting, ["function", "inspect", target]);
      expect(seen).to.deep.include({
        functionCommitment: commitment,
        script: { sizeBytes: script.length },
        runtime: { cid: built.runtime, sizeBytes: wasm.length },
      });
    }
  });

  it("error: build-failed for a script that cannot be compiled, however its runtime is named", async () => {
    const python = join(root, "runtimes/python/build/python.wasm");
    for (const runtime of ["python", python, await moduleCid(await readFile(python))]) {
      await write({ runtime }, "def (");
      const error = await millraceFails(setting, ["function", "build", "scripted"]);
      expect(error, runtime).to.include({ code: "build-failed" });
      expect(error.message, runtime).to.contain("The script cannot be compiled");
    }
  });

  it("default: test gives the answer's status, headers and body", async () => {
    await write();
    await millraceJson(setting, ["function", "build", "scripted"]);
    const tested = await millraceJson<{ headers: string[][] }>(setting, [
      ...["function", "test", "scripted", "--body", "Ada"],
    ]);
    expect(tested).to.include({ status: 201, outcome: "ok", body: "Hello Ada" });
    expect(tested.headers).to.deep.include(["x-from", "script"]);
    const { stdout, stderr, exitCode } = await millrace(setting, [
      "function",
      "test",
      "scripted",
      "--body",
      "Ada",
    ]);
    expect({ stdout, exitCode }).to.deep.equal({ stdout: "Hello Ada", exitCode: 0 });
    expect(stderr).to.contain("201 ok");
  });

  it("behavior: cases name status and headers", async () => {
    await write();
    await millraceJson(setting, ["function", "build", "scripted"]);
    const cases = (answer: object) => [{ name: "greets", request: { body: "Ada" }, answer }];
    const file = join(folder, "test/cases.json");
    await mkdir(dirname(file), { recursive: true });
    await writeFile(
      file,
      JSON.stringify(cases({ status: 201, headers: { "X-From": "script" }, body: "Hello Ada" })),
    );
    expect(await millraceJson(setting, ["function", "test", "scripted"])).to.include({
      passed: 1,
      failed: 0,
    });
    await writeFile(file, JSON.stringify(cases({ status: 201, headers: { "x-from": "module" } })));
    const failed = await millrace(setting, ["function", "test", "scripted"]);
    expect(failed.exitCode).to.equal(1);
    expect(failed.stdout).to.contain('header x-from: expected "module", got "script"');
    await writeFile(file, JSON.stringify(cases({ body: "Hello Ada" })));
    expect((await millrace(setting, ["function", "test", "scripted"])).stdout).to.contain(
      "expected 200, got 201",
    );
  });

  it("behavior: an answer without headers fails with what is missing", async () => {
    await write({}, "Hello ");
    await millraceJson(setting, ["function", "build", "scripted"]);
    const { exitCode, stderr } = await millrace(setting, ["function", "test", "scripted", "--body", "x"]);
    expect(exitCode).to.equal(1);
    expect(stderr).to.contain("500 malformed-answer").and.to.contain("no empty line");
  });

  it("error: runtime-missing for an unknown name, path or CID, with what to write instead", async () => {
    const cid = `bafkrei${"a".repeat(52)}`;
    for (const runtime of ["cobol", "./none.wasm", cid]) {
      await write({ runtime });
      const error = await millraceFails(setting, ["function", "build", "scripted"]);
      expect(error.code, runtime).to.equal("runtime-missing");
      expect(error.message).to.contain(runtime);
      expect(error.nextStep).to.be.a("string");
    }
  });

  it("error: script-incomplete, invalid-script, invalid-runtime, build-failed", async () => {
    const fails = async (): Promise<string> =>
      (await millraceFails(setting, ["function", "build", "scripted"])).code;
    await write({ script: undefined });
    expect(await fails()).to.equal("script-incomplete");
    await write({ runtime: undefined });
    expect(await fails()).to.equal("script-incomplete");
    await write({}, "");
    expect(await fails()).to.equal("invalid-script");
    await write({}, "x".repeat(2 ** 22 + 1));
    expect(await fails()).to.equal("invalid-script");
    await write({ script: "build/none.txt" });
    expect(await fails()).to.equal("build-failed");
    await write();
    const manifest = parseManifest({ name: "x", runtime: `bafkrei${"a".repeat(52)}` });
    await writeFile(join(folder, "runtime.wasm"), buildScriptModule(new Uint8Array(1), manifest));
    expect(await fails()).to.equal("invalid-runtime");
  });
});
