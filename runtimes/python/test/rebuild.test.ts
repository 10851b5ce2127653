import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { runtimeWasm } from "./support/open-script.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const compiler = { command: "clang", version: "Debian clang version 14.0.6" };

describe("python: the build", function () {
  this.timeout(900_000);

  // Minutes of compiling, and a source archive from outside: where it is there already.
  it("the committed module is what its source builds to", function () {
    const source = process.env["MICROPYTHON_SOURCE"];
    const { stdout } = spawnSync(compiler.command, ["--version"], { encoding: "utf8" });
    if (source === undefined || typeof stdout !== "string" || !stdout.startsWith(compiler.version)) {
      console.log(
        `      skipped: MICROPYTHON_SOURCE names no source archive, or there is no ${compiler.version}`,
      );
      this.skip();
    }
    const folder = mkdtempSync(join(tmpdir(), "millrace-python-"));
    try {
      for (const part of ["runtimes/python", "machine/src"])
        cpSync(join(root, part), join(folder, part), {
          recursive: true,
          filter: (path) => !path.endsWith(".wasm"),
        });
      symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
      const { status, stderr } = spawnSync(join(folder, "runtimes/python/build.sh"), { encoding: "utf8" });
      expect(status, stderr).to.equal(0);
      const built = readFileSync(join(folder, "runtimes/python/build/python.wasm"));
      expect(
        Buffer.compare(built, runtimeWasm),
        "the module differs from what its source builds to",
      ).to.equal(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
