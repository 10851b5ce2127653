import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { embedManifest, inspectModule } from "@millrace/machine";
import { expect } from "chai";
import type { Context } from "mocha";
import { readExample, readExampleManifest } from "./open-example.ts";

/** The compilers that the committed modules were built with; another version gives other bytes. */
const versions: Record<string, { command: string; version: string }> = {
  rs: { command: "/usr/bin/rustc", version: "rustc 1.63.0" },
  cpp: { command: "clang++", version: "Debian clang version 14.0.6" },
};

/**
 * Checks that an example's committed module is what its source builds to. Skips with words where its compiler is not
 * installed; where it is another version, the module it builds must be one that nodes run.
 */
export function expectRebuilt(test: Context, name: string, language: "as" | "cpp" | "rs"): void {
  test.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), "millrace-example-"));
  try {
    const source = fileURLToPath(new URL(`../${name}`, import.meta.url));
    cpSync(source, folder, { recursive: true, filter: (path) => basename(path) !== "build" });
    const manifest = readExampleManifest(name);
    const tools = fileURLToPath(new URL("../../node_modules/.bin", import.meta.url));
    const { status, stderr } = spawnSync(manifest.build ?? "", {
      cwd: folder,
      shell: true,
      encoding: "utf8",
      env: {
        ...process.env,
        PATH: [tools, process.env["PATH"]].join(delimiter),
        ...(isExact("rs") ? { RUSTC: versions["rs"]?.command, CARGO: "none" } : {}),
      },
    });
    if (status === 127) {
      console.log(`      skipped: ${stderr.trim()}`);
      test.skip();
    }
    expect(status, stderr).to.equal(0);
    const built = embedManifest(readFileSync(join(folder, manifest.module ?? "")), manifest);
    inspectModule(built);
    if (language !== "as" && !isExact(language)) {
      console.log(`      built, not compared: another compiler than ${versions[language]?.version ?? ""}`);
      return;
    }
    const committed = embedManifest(readExample(name, manifest.module ?? ""), manifest);
    expect(Buffer.compare(built, committed), "the module differs from what its source builds to").to.equal(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function isExact(language: "cpp" | "rs"): boolean {
  const { command = "", version = "" } = versions[language] ?? {};
  const { stdout } = spawnSync(command, ["--version"], { encoding: "utf8" });
  return typeof stdout === "string" && stdout.startsWith(version);
}
