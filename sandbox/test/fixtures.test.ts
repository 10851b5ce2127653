import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inspectModule } from "@millrace/machine";
import { expect } from "chai";
import { readFixture } from "./helpers.ts";

const SCRIPT = fileURLToPath(new URL("../scripts/build-fixtures.sh", import.meta.url));

/** The compilers the committed fixtures were built with; another version gives other bytes. */
function hasTheCompilers(): boolean {
  const version = (command: string): string =>
    spawnSync("sh", ["-c", `${command} --version`]).stdout.toString();
  const [clang, rustc] = [version("clang"), version(process.env["RUSTC"] ?? "/usr/bin/rustc")];
  return clang.includes("Debian clang version 14.0.6") && rustc.startsWith("rustc 1.63.0");
}

describe("the fixtures", function () {
  this.timeout(600_000);

  it("the committed modules are what their sources build to", function () {
    const folder = mkdtempSync(join(tmpdir(), "millrace-fixtures-"));
    try {
      const { status, stderr } = spawnSync(SCRIPT, [folder], { encoding: "utf8" });
      expect(status, stderr).to.equal(0);
      if (stderr !== "") console.log(`      ${stderr.trim()}`);
      const built = readdirSync(folder).filter((name) => name.endsWith(".wasm"));
      for (const file of built) inspectModule(readFileSync(join(folder, file)));
      if (built.length === 0) this.skip();
      if (!hasTheCompilers()) return;
      for (const file of built) {
        const same = readFixture(file.replace(/\.wasm$/, "")).equals(readFileSync(join(folder, file)));
        expect(same, file).to.equal(true);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
