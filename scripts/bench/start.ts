/** How long a stranger waits: a fresh clone with a warm npm cache, then the same folder again. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { Measurement } from "../bench.ts";

const root = join(import.meta.dirname, "../..");

async function startOnce(folder: string): Promise<number> {
  const started = performance.now();
  // Without the paths that npm put before the stranger's own.
  const path = (process.env["PATH"] ?? "")
    .split(":")
    .filter((part) => !part.includes("node_modules"))
    .join(":");
  await execa("npm", ["start", "--", "--once"], {
    cwd: folder,
    env: { PATH: path, HOME: process.env["HOME"] ?? "" },
    extendEnv: false,
  });
  return Math.round((performance.now() - started) / 100) / 10;
}

/**
 * `coldSeconds`: clone to answered call; `warmSeconds`: `npm start` to answered call with node_modules in place;
 * `deployToAnswerSeconds`: `millrace function deploy` to the first answer, in the warm run.
 */
export async function run(): Promise<Measurement> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-bench-"));
  try {
    const clone = join(folder, "millrace");
    const started = performance.now();
    await execa("git", ["clone", "--quiet", root, clone]);
    const cloneSeconds = (performance.now() - started) / 1000;
    const coldSeconds = Math.round((cloneSeconds + (await startOnce(clone))) * 10) / 10;
    const warmSeconds = await startOnce(clone);
    const record = JSON.parse(await readFile(join(clone, ".millrace/devnet/run.json"), "utf8")) as {
      deployToAnswerSeconds: number;
    };
    return {
      figures: { coldSeconds, warmSeconds, deployToAnswerSeconds: record.deployToAnswerSeconds },
      // Not measurable here: it is a hosted network. The figure is from its own documentation.
      peers: { "Akash console (reported)": { deployToAnswerSeconds: "about 30 s of waiting for bids" } },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
