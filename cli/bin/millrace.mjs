#!/usr/bin/env node
// Plain JavaScript, so that a Node too old to run TypeScript can say so. Millrace needs Node 24; where `node` on the
// PATH is older, the one that npm installed with the project takes over.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const needed = 24;
const here = dirname(fileURLToPath(import.meta.url));

/** The Node 24 that the `node` npm package put into the nearest node_modules, if any. */
function installedNode() {
  for (let folder = here; ; folder = dirname(folder)) {
    for (const candidate of ["node_modules/node/bin/node", "node_modules/.bin/node"]) {
      const path = join(folder, candidate);
      if (existsSync(path)) return path;
    }
    if (folder === dirname(folder)) return undefined;
  }
}

if (Number(process.versions.node.split(".")[0]) >= needed) {
  await import("../src/main.ts");
} else {
  const node = process.env.MILLRACE_REEXECUTED ? undefined : installedNode();
  if (node === undefined) {
    process.stderr.write(
      `✗ Millrace needs Node ${needed} and this is Node ${process.versions.node}.\n` +
        `  next: npm install (in the Millrace folder, it brings its own Node), or https://nodejs.org\n`,
    );
    process.exit(1);
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { ...process.env, MILLRACE_REEXECUTED: "1" },
  });
  // From a terminal the child gets Ctrl-C twice; main.ts takes both for one.
  process.on("SIGINT", () => child.kill("SIGINT"));
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
}
