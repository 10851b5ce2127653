/** A copy of the repository in which one mutant after the other is put into the contracts and tried. */
import { cp, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { execa } from "execa";
import type { Mutant } from "./mutants.ts";

const root = join(import.meta.dirname, "../..");
const earlier = join(root, "node_modules/.millrace/mutation");
/** A fault that makes a test run for ever is noticed too; long enough for a machine with other work to do. */
const TIMEOUT_MS = 600_000;
/** How the runner begins the line of a test that failed. */
const FAILED_TEST = /^\s+\d+\) /m;
const BUILT = ["artifacts/contracts", "artifacts/test", "cache"];

/** What the tests say of a mutant. */
export type Verdict = "killed" | "killed by the timeout" | "survived" | "does not compile";

/** Compiles everything once; the lanes' workshops are copies of it. */
export async function makeWorkshop(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-mutation-"));
  const parts = ["contracts", "test", "deploy", "hardhat.config.ts", "package.json", "tsconfig.json"];
  parts.push("machine/test/witness/corpus.json"); // which a test reads
  for (const part of parts) await cp(join(root, part), join(folder, part), { recursive: true });
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  // What an earlier run compiled: only what has changed since is compiled anew.
  for (const part of ["artifacts", "cache"])
    await cp(join(earlier, part), join(folder, part), { recursive: true }).catch(() => undefined);
  await moveCache(folder, earlier, folder);
  const { exitCode, all } = await hardhat(folder, ["build"], 3_600_000);
  if (exitCode !== 0) throw new Error(`The contracts and tests as they are do not compile:\n${all}`);
  const tests = await hardhat(folder, ["test", "solidity", "--no-compile", ...(await allTests(folder))]);
  if (tests.exitCode !== 0) throw new Error(`The tests of the unharmed contracts fail:\n${tests.all}`);
  for (const part of BUILT) await cp(join(folder, part), join(folder, "unharmed", part), { recursive: true });
  await rm(earlier, { recursive: true, force: true });
  for (const part of ["artifacts", "cache"])
    await cp(join(folder, part), join(earlier, part), { recursive: true });
  await moveCache(earlier, folder, earlier);
  return folder;
}

/** Another workshop like it. */
export async function copyWorkshop(folder: string): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), "millrace-mutation-"));
  await cp(folder, copy, { recursive: true, verbatimSymlinks: true });
  for (const place of [copy, join(copy, "unharmed")]) await moveCache(place, folder, copy);
  return copy;
}

/** The compiler's cache knows its files by their whole paths. */
async function moveCache(place: string, from: string, to: string): Promise<void> {
  const path = join(place, "cache/compile-cache.json");
  const cache = await readFile(path, "utf8").catch(() => undefined);
  if (cache !== undefined) await writeFile(path, cache.replaceAll(`"${from}/`, `"${to}/`));
}

/** Tries all tests, the likeliest to notice first, until one fails. */
export async function judge(folder: string, mutant: Mutant): Promise<Verdict> {
  const path = join(folder, mutant.file);
  const source = await readFile(path);
  const kept = new Set(await readdir(join(folder, "artifacts/build-info")));
  const [before, after] = [source.subarray(0, mutant.start), source.subarray(mutant.start + mutant.length)];
  await writeFile(path, Buffer.concat([before, Buffer.from(mutant.replacement), after]));
  try {
    return await judgeWritten(folder, mutant);
  } finally {
    await writeFile(path, source);
    for (const part of BUILT) {
      await rm(join(folder, part), { recursive: true, force: true });
      await cp(join(folder, "unharmed", part), join(folder, part), { recursive: true });
    }
    for (const name of await readdir(join(folder, "artifacts/build-info")))
      if (!kept.has(name)) await rm(join(folder, "artifacts/build-info", name));
  }
}

async function judgeWritten(folder: string, mutant: Mutant): Promise<Verdict> {
  const built = await hardhat(folder, ["build", "--no-tests"]);
  if (built.exitCode !== 0) return built.timedOut ? "killed by the timeout" : "does not compile";
  // All others make the contracts from their artifacts; what else they have of the sources stays unharmed.
  const containing = await testsThatContain(folder, mutant.file);
  if (containing.length > 0 && (await hardhat(folder, ["build", ...containing])).exitCode !== 0)
    return "does not compile";
  for (const tests of await inOrder(folder, mutant.file, containing)) {
    if (tests.length === 0) continue;
    const run = hardhat(folder, ["test", "solidity", "--no-compile", ...tests]);
    run.stdout.on("data", (chunk: Buffer) => {
      if (FAILED_TEST.test(chunk.toString())) run.kill("SIGKILL");
    });
    const { exitCode, timedOut } = await run;
    if (timedOut) return "killed by the timeout";
    if (exitCode !== 0) return "killed";
  }
  return "survived";
}

function hardhat(folder: string, args: string[], timeout = TIMEOUT_MS) {
  const env = { MILLRACE_MUTATION: "1", FORCE_COLOR: "0" };
  const command = join(root, "node_modules/.bin/hardhat");
  return execa(command, args, { cwd: folder, env, timeout, reject: false, all: true });
}

/** Libraries are tested in contracts that are made of them. */
async function testsThatContain(folder: string, file: string): Promise<string[]> {
  const found: string[] = [];
  for (const test of await allTests(folder))
    if ((await readFile(join(folder, test), "utf8")).includes(`"../../${file}"`)) found.push(test);
  return found;
}

async function allTests(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, "test"), { recursive: true });
  return names
    .filter((name) => name.endsWith(".t.sol") && !name.startsWith("gas"))
    .map((name) => join("test", name))
    .sort();
}

/** Tests made of the source, then those in the folder of its name, then all others; the figures of gas are no proof. */
async function inOrder(folder: string, file: string, containing: readonly string[]): Promise<string[][]> {
  const tests = await allTests(folder);
  const own = tests.filter((test) => basename(dirname(test)) === basename(dirname(file)));
  const first = [...new Set([...containing, ...own])];
  return [first, tests.filter((test) => !first.includes(test))];
}
