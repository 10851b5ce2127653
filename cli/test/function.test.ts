import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, readdir, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { embedManifest, PAGES_PER_MIB, parseManifest, prepare, readManifest } from "@millrace/machine";
import { moduleCid } from "@millrace/sdk";
import {
  millrace,
  millraceFails,
  millraceJson,
  root,
  scratchFolder,
  type Setting,
} from "./support/millrace.ts";

interface Tested {
  outcome: string;
  status: number;
  exitCode: number | null;
  durationMs: number;
  body: string;
  bodyBase64: string;
  stderr: string;
}

/** (module (import "env" "steal" (func)) (memory (export "memory") 1) (func (export "_start"))) */
const importing =
  "0061736d0100000001040160000002" +
  "0d0103656e7605737465616c00000302010005030100010713020" +
  "66d656d6f72790200065f737461727400010a040102000b";

/** The same without an import; `_start` is v128.const 0, drop. */
const vectors =
  "0061736d01000000010401600000" +
  "030201000503010001071302066d656d6f72790200065f73746172740000" +
  `0a17011500fd0c${"00".repeat(16)}1a0b`;

describe("millrace function", function () {
  this.timeout(180_000);
  let setting: Setting;
  let remove: () => Promise<void>;
  let folder: string;

  before(async () => {
    const scratch = await scratchFolder();
    setting = { cwd: scratch.folder };
    folder = join(scratch.folder, "hello");
    ({ remove } = scratch);
    await millraceJson(setting, ["function", "init", "hello"]);
    await millraceJson(setting, ["function", "build", "hello"]);
  });
  after(() => remove());

  async function changeManifest(changes: object): Promise<void> {
    const file = join(folder, "millrace.json");
    const manifest = JSON.parse(await readFile(file, "utf8")) as object;
    await writeFile(file, JSON.stringify({ ...manifest, ...changes }));
  }

  /** A built function from a ready-made program, without a process. */
  async function built(fixture: string, limits: object = {}): Promise<string> {
    const code = await readFile(join(root, `sandbox/test/fixtures/${fixture}.wasm`));
    const file = join(setting.cwd, `${fixture}.wasm`);
    await writeFile(file, embedManifest(code, parseManifest({ name: fixture, limits })));
    return file;
  }

  /** A function's folder as a person would write it, around a ready-made module. */
  async function project(name: string, module: Uint8Array): Promise<string> {
    const at = join(setting.cwd, name);
    await mkdir(at);
    await writeFile(join(at, "raw.wasm"), module);
    await writeFile(join(at, "millrace.json"), JSON.stringify({ name, module: "raw.wasm" }));
    return at;
  }

  describe("init", () => {
    it("default: names the function after its folder and leaves nothing else behind", async () => {
      expect(JSON.parse(await readFile(join(folder, "millrace.json"), "utf8"))).to.include({ name: "hello" });
      const { files } = await millraceJson<{ files: string[] }>(setting, [
        "function",
        "init",
        "other",
        "--name",
        "named",
      ]);
      expect(files).to.include("millrace.json").and.include("assembly/index.ts");
      expect(files.some((file) => file.startsWith("build/"))).to.equal(false);
      expect(await readFile(join(setting.cwd, "other/millrace.json"), "utf8")).to.include('"named"');
    });

    it("behavior: an empty folder that a shell stands in stays the same folder", async () => {
      const here = join(setting.cwd, "here");
      await mkdir(here);
      const { ino } = await stat(here);
      const made = await millrace({ ...setting, cwd: here, env: { MILLRACE_HOME: setting.cwd } }, [
        "function",
        "init",
        ".",
      ]);
      expect(made.stdout).to.include("millrace function build . ");
      expect((await stat(here)).ino).to.equal(ino);
      expect(await readdir(here)).to.include.members(["millrace.json", "assembly"]);
      expect((await readdir(setting.cwd)).filter((name) => name.startsWith(".millrace-init"))).to.deep.equal(
        [],
      );
    });

    it("error: never writes into a folder that holds something", async () => {
      const { code, message } = await millraceFails(setting, ["function", "init", "hello"]);
      expect(code).to.equal("folder-not-empty");
      expect(message).to.include(folder);
      const file = await millraceFails(setting, ["function", "init", "hello/millrace.json"]);
      expect(file.message).to.match(/millrace\.json is a file\.$/);
      expect((await millraceFails(setting, ["function", "init", "a/b/c"])).code).to.equal("folder-missing");
      expect((await millraceFails(setting, ["function", "init", "no name"], 2)).message).to.include("--name");
    });
  });

  describe("build", () => {
    it("default: embeds the settings; the CID is that of the file", async () => {
      const { cid, file, sizeBytes } = await millraceJson<{ cid: string; file: string; sizeBytes: number }>(
        setting,
        ["function", "build", "hello"],
      );
      const module = await readFile(file);
      expect(module.length).to.equal(sizeBytes);
      expect(await moduleCid(module)).to.equal(cid);
      expect(readManifest(module).name).to.equal("hello");
    });

    it("behavior: prints plain lines of progress to stderr and the result to stdout", async () => {
      const { exitCode, stdout, stderr } = await millrace({ ...setting, cwd: folder }, ["function", "build"]);
      expect(exitCode).to.equal(0);
      expect(stderr).to.equal("· Compile hello\n✓ Compiled hello\n");
      expect(stdout).to.match(/^module {2}build\/hello\.wasm\nsize/);
      expect(stdout).to.match(/next +millrace function test\n$/);
      // Neither colours nor a cursor that moves.
      expect(stdout + stderr).to.not.include("\u001b");
    });

    it("error: shows the compiler's words", async () => {
      const source = join(folder, "assembly/index.ts");
      const before = await readFile(source, "utf8");
      await writeFile(source, `let x: string = 5;\n${before}`);
      const { code, details } = await millraceFails(setting, ["function", "build", "hello"]);
      await writeFile(source, before);
      await millraceJson(setting, ["function", "build", "hello"]); // not older than its source
      expect(code).to.equal("build-failed");
      expect(details).to.include("TS2322").and.include("assembly/index.ts(1,17)");
    });

    it("error: a module with forbidden imports is named with the import and not written", async () => {
      const thief = await project("thief", Buffer.from(importing, "hex"));
      const { code, message } = await millraceFails(setting, ["function", "build", thief]);
      expect(code).to.equal("forbidden-import");
      expect(message).to.include("env.steal");
      expect(existsSync(join(thief, "build"))).to.equal(false);
      expect((await millraceFails(setting, ["function", "test", thief])).code).to.equal("function-not-built");
    });

    it("error: settings that are no JSON, or have a mistake, are named", async () => {
      const file = join(await project("settings", new Uint8Array()), "millrace.json");
      await writeFile(file, "{ name: ");
      expect((await millraceFails(setting, ["function", "build", "settings"])).code).to.equal("json-invalid");
      await writeFile(file, JSON.stringify({ name: "settings", limits: { timeoutMs: 1e9 } }));
      const { code, message } = await millraceFails(setting, ["function", "build", "settings"]);
      expect(code).to.equal("invalid-manifest");
      expect(message).to.include("timeoutMs");
      expect((await millraceFails(setting, ["function", "build", "nowhere"])).code).to.equal(
        "function-missing",
      );
    });
  });

  describe("test", () => {
    it("default: prints the answer to stdout, what happened to stderr", async () => {
      const name = randomBytes(8).toString("hex");
      const { exitCode, stdout, stderr } = await millrace(setting, [
        "function",
        "test",
        "hello",
        "--body",
        name,
        "--path",
        "/x?y=1",
      ]);
      expect(exitCode).to.equal(0);
      expect(stdout).to.equal(`Hello, ${name}!\nYou sent POST /x?y=1\n`);
      expect(stderr).to.match(/^✓ 200 ok, exit code 0, [\d.]+ ms, [\d,]+ units of fuel\n$/);
    });

    it("behavior: takes the body from a file or from standard input", async () => {
      const name = randomBytes(8).toString("hex");
      await writeFile(join(setting.cwd, "name.txt"), name);
      const fromFile = await millrace(setting, ["function", "test", "hello", "--file", "name.txt", "-q"]);
      expect(fromFile.stdout).to.include(name);
      expect(fromFile.stderr).to.equal("");
      const piped = await millrace(setting, ["function", "test", "hello", "-d", "@-"], name);
      expect(piped.stdout).to.include(name);
    });

    it("behavior: a failing function ends with 1, its stderr and answer are shown", async () => {
      const body = "x".repeat(101);
      const { exitCode, stdout } = await millrace(setting, [
        "function",
        "test",
        "hello",
        "--body",
        body,
        "--json",
      ]);
      expect(exitCode).to.equal(1);
      const tested = JSON.parse(stdout) as Tested;
      expect(tested).to.include({ outcome: "exit", status: 500, exitCode: 1 });
      expect(tested.stderr).to.include("The name has 101 characters");
    });

    it("behavior: a loop ends when its fuel is used up; a test may lower the limit", async () => {
      const loop = await built("loop", { fuel: 1_000_000 });
      const run = async (...more: string[]) => {
        const { exitCode, stdout } = await millrace(setting, ["function", "test", loop, "--json", ...more]);
        expect(exitCode).to.equal(1);
        return JSON.parse(stdout) as object;
      };
      expect(await run()).to.include({ outcome: "out-of-fuel", status: 500, fuelUsed: "1000000" });
      expect(await run("--fuel", "5000")).to.include({ outcome: "out-of-fuel", fuelUsed: "5000" });
    });

    it("behavior: a loop ends at its time limit", async () => {
      const loop = await built("loop", { timeoutMs: 300 });
      const { exitCode, stdout } = await millrace(setting, ["function", "test", loop, "--json"]);
      expect(exitCode).to.equal(1);
      expect(JSON.parse(stdout)).to.include({ outcome: "timeout", status: 500 });
    });

    it("behavior: bytes that are no text come out as they are, and as base64 in --json", async () => {
      const echo = await built("echo");
      const sent = randomBytes(2_000);
      await writeFile(join(setting.cwd, "bytes"), sent);
      const { bytes } = await millrace(setting, ["function", "test", echo, "--file", "bytes"]);
      expect(Buffer.from(bytes).includes(sent)).to.equal(true);
      const { bodyBase64 } = await millraceJson<Tested>(setting, [
        "function",
        "test",
        echo,
        "--file",
        "bytes",
      ]);
      expect(Buffer.from(bodyBase64, "base64").includes(sent)).to.equal(true);
    });

    it("behavior: says that a source is newer than what runs", async () => {
      const folder = join(setting.cwd, "edited");
      await mkdir(join(folder, "build"), { recursive: true });
      await copyFile(await built("echo"), join(folder, "build", "edited.wasm"));
      await writeFile(join(folder, "code.ts"), "");
      await writeFile(join(folder, "millrace.json"), JSON.stringify({ name: "edited", build: "true" }));
      const run = async () => (await millrace(setting, ["function", "test", "edited", "--body", "x"])).stderr;
      const touch = async (file: string, seconds: number) => utimes(join(folder, file), seconds, seconds);
      for (const file of ["millrace.json", "code.ts"]) await touch(file, 1_000);
      expect(await run()).to.not.include("newer");
      await touch("code.ts", Date.now() / 1000 + 2); // as a clone may leave them
      expect(await run()).to.not.include("newer");
      await touch("code.ts", Date.now() / 1000 + 60);
      expect(await run()).to.include("code.ts is newer than what runs here: millrace function build edited");
    });

    it("error: what is no module, is not built or does not exist", async () => {
      await writeFile(join(setting.cwd, "text.wasm"), "this is no module");
      expect((await millraceFails(setting, ["function", "test", "text.wasm"])).code).to.equal("not-wasm");
      const missing = await millraceFails(setting, ["function", "test", "none.wasm"]);
      expect(missing.code).to.equal("function-missing");
      expect(missing.nextStep).to.include("millrace function init");
      const both = ["function", "test", "hello", "--body", "x", "--file", "name.txt"];
      expect((await millraceFails(setting, both, 2)).message).to.include("not both");
    });
  });

  describe("inspect", () => {
    it("default: says what nodes will see", async () => {
      await changeManifest({ env: { GREETING: "Servus" } });
      const { cid } = await millraceJson<{ cid: string }>(setting, ["function", "build", "hello"]);
      const { stdout } = await millrace(setting, ["function", "inspect", "hello"]);
      expect(stdout)
        .to.include(cid)
        .and.include("GREETING=Servus")
        .and.include("fd_read")
        .and.include("_start");
    });

    it("behavior: says what preparing it gives, the same as in a node's sandbox, and what a call can cost", async () => {
      const file = await built("echo", { fuel: 5_000_000, memoryMiB: 2 });
      const module = await readFile(file);
      const prepared = prepare(module, { maxPages: 32 });
      const shown = await millraceJson<object>(setting, ["function", "inspect", file]);
      expect(shown).to.deep.include({
        ...{ functionCommitment: prepared.commitment, preparedBytes: prepared.module.length },
        ...{ instructions: Math.ceil(prepared.program.code.length / 16), mostFuelPerCall: 5_000_000 },
        features: [],
      });
      expect(shown).to.have.property("prepareMs").that.is.a("number");
      const { stdout } = await millrace(setting, ["function", "inspect", file]);
      expect(stdout)
        .to.match(/commitment +0x[0-9a-f]{64}\n/)
        .and.match(/a call costs +at most 5,000,000 units of fuel/)
        .and.match(/features +those of WebAssembly 1\.0/)
        .and.match(/prepared +in \d+ ms: [\d.]+ kB, [\d,]+ machine instructions/);
    });

    it("behavior: a module without settings is shown with the default ones, and how to put some in", async () => {
      const file = join(root, "sandbox/test/fixtures/echo.wasm");
      const module = await readFile(file);
      expect(await millraceJson<object>(setting, ["function", "inspect", file])).to.deep.include({
        manifest: null,
        functionCommitment: prepare(module, { maxPages: 128 * PAGES_PER_MIB }).commitment,
      });
      const { stdout } = await millrace(setting, ["function", "inspect", file]);
      expect(stdout).to.include("millrace function build");
      expect((await millraceFails(setting, ["function", "test", file])).code).to.equal("no-manifest");
    });

    it("error: a module that no node would run is named with the feature and its offset", async () => {
      const file = join(setting.cwd, "simd.wasm");
      await writeFile(file, Buffer.from(vectors, "hex"));
      const error = await millraceFails(setting, ["function", "inspect", file]);
      expect(error).to.include({
        code: "unsupported-feature",
        feature: "simd",
        offset: vectors.indexOf("fd0c") / 2,
      });
      const { exitCode, stderr } = await millrace(setting, ["function", "inspect", file]);
      expect(exitCode).to.equal(1);
      expect(stderr).to.include("(simd)").and.include(`offset ${error.offset}`);
    });
  });
});
