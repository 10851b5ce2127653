/**
 * Runs the gas tests (test/gas) and writes what they measure into snapshots/*.json. With `--check` nothing is changed
 * and it fails if a committed figure is not what is measured now.
 */
import { readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";

const root = join(import.meta.dirname, "..");

/** Gas by snapshot file (without `.json`) and figure. */
export type GasFigures = Record<string, Record<string, number>>;

/**
 * Runs the gas tests, which rewrites snapshots/*.json.
 *
 * @returns what they measured
 * @throws Error with the tests' output if one of them fails
 */
export async function measureGas(): Promise<GasFigures> {
  const files = await readdir(join(root, "test/gas"));
  const tests = files.filter((file) => file.endsWith(".t.sol")).map((file) => join("test/gas", file));
  const result = await execa("hardhat", ["test", "solidity", "--snapshot", ...tests], {
    cwd: root,
    preferLocal: true,
    all: true,
    reject: false,
  });
  // The gas of each test function, which Hardhat writes beside: it has the tests' own work in it.
  await rm(join(root, ".gas-snapshot"), { force: true });
  if (result.exitCode !== 0) throw new Error(`The gas tests failed:\n${result.all}`);
  const figures: GasFigures = {};
  for (const [file, text] of await readSnapshots()) {
    const entries = Object.entries(JSON.parse(text) as Record<string, string>);
    figures[file] = Object.fromEntries(entries.map(([key, gas]) => [key, Number(gas)]));
  }
  return figures;
}

async function readSnapshots(): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const file of await readdir(join(root, "snapshots"))) {
    if (!file.endsWith(".json")) continue;
    texts.set(file.slice(0, -".json".length), await readFile(join(root, "snapshots", file), "utf8"));
  }
  return texts;
}

/** One line for each figure that differs from the committed one. */
async function findDifferences(): Promise<string[]> {
  const committed = await readSnapshots();
  try {
    const measured = await measureGas();
    return Object.entries(measured).flatMap(([file, figures]) => {
      const before = JSON.parse(committed.get(file) ?? "{}") as Record<string, string>;
      const keys = new Set([...Object.keys(before), ...Object.keys(figures)]);
      return [...keys]
        .filter((key) => Number(before[key]) !== figures[key])
        .map(
          (key) => `${file} ${key}: ${before[key] ?? "none"} committed, ${figures[key] ?? "none"} measured`,
        );
    });
  } finally {
    for (const [file, text] of committed) await writeFile(join(root, "snapshots", `${file}.json`), text);
  }
}

if (import.meta.main) {
  const differences = process.argv.includes("--check") ? await findDifferences() : (await measureGas(), []);
  if (differences.length > 0) {
    console.error(
      `Gas differs from snapshots/. Look at why, then run: node scripts/gas.ts\n${differences.join("\n")}`,
    );
    process.exitCode = 1;
  }
}
