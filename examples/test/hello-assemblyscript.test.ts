import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Sandbox } from "@millrace/sandbox";
import { expect } from "chai";
import fc from "fast-check";
import "../../machine/test/seed.ts";
import { makeRequest, openExample, readExample } from "./open-example.ts";

describe("hello-assemblyscript", function () {
  this.timeout(60_000);
  let hello: Sandbox;
  before(async () => (hello = await openExample("hello-assemblyscript")));
  after(() => hello.close());

  const answer = async (text: string, query = "") => {
    const result = await hello.call(makeRequest(text, query));
    return { ...result, text: new TextDecoder().decode(result.output) };
  };

  it("greets whom the body names, and shows the request", async () => {
    const input = readExample("hello-assemblyscript", "test/input.txt").toString();
    expect((await answer(input, "a=1")).text).to.equal("Hello, Ada!\nYou sent POST /?a=1\n");
    expect((await answer("")).text).to.contain("Hello, world!");
    expect((await answer("Zoë 🌍")).text).to.contain("Hello, Zoë 🌍!");
  });

  it("answers different callers at the same time", async () => {
    const names = fc.sample(fc.stringMatching(/^[a-z]{1,30}$/), 20);
    const answers = await Promise.all(names.map((name) => answer(name)));
    answers.forEach(({ text }, index) => expect(text).to.contain(`Hello, ${names[index] ?? ""}!`));
  });

  it("fails with a reason in its log when the name is too long", async () => {
    const result = await answer("x".repeat(101));
    expect(result).to.include({ outcome: "exit", exitCode: 1 });
    expect(result.stderr).to.equal("The name has 101 characters; 100 is the most.\n");
  });

  it("the committed module is what its source builds to", () => {
    const folder = mkdtempSync(join(tmpdir(), "millrace-example-"));
    try {
      cpSync(fileURLToPath(new URL("../hello-assemblyscript", import.meta.url)), folder, { recursive: true });
      rmSync(join(folder, "build"), { recursive: true });
      const compiler = fileURLToPath(import.meta.resolve("assemblyscript/asc"));
      const script = join(compiler, "../../bin/asc.js");
      const options = ["assembly/index.ts", "--config", "asconfig.json"];
      execFileSync(process.execPath, [script, ...options], { cwd: folder });
      const built = readFileSync(join(folder, "build/hello.wasm"));
      expect(built.equals(readExample("hello-assemblyscript", "build/hello.wasm"))).to.equal(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
