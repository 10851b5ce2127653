/** What was found out of mutants, kept beside the build: a run that was stopped goes on where it was. */
import { createHash } from "node:crypto";
import { appendFile, mkdir, readFile, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Mutant } from "./mutants.ts";
import type { Verdict } from "./workshop.ts";

const root = join(import.meta.dirname, "../..");

/** Verdicts on mutants of the contracts as they are now. */
export interface Verdicts {
  /** What is known and still holds: a mutant that no test noticed is tried again, there may be new tests. */
  find(mutant: Mutant): Verdict | undefined;
  add(mutant: Mutant, verdict: Verdict): Promise<void>;
}

/**
 * Opens the verdicts on these contracts; other contracts have others. One that a test noticed holds for as long as no test
 * is taken away.
 *
 * @param fresh forgets nothing, but finds nothing of earlier runs
 */
export async function openVerdicts(fresh: boolean): Promise<Verdicts> {
  const path = join(root, "node_modules/.millrace/mutants", `${await digestContracts()}.jsonl`);
  await mkdir(dirname(path), { recursive: true });
  const lines = fresh ? "" : await readFile(path, "utf8").catch(() => "");
  const known = new Map<string, Verdict>();
  for (const line of lines.split("\n").filter((line) => line !== "")) {
    const { key, verdict } = JSON.parse(line) as { key: string; verdict: Verdict };
    known.set(key, verdict);
  }
  return {
    find: (mutant) => {
      const verdict = known.get(keyOf(mutant));
      return verdict === "survived" ? undefined : verdict;
    },
    add: (mutant, verdict) => appendFile(path, `${JSON.stringify({ key: keyOf(mutant), verdict })}\n`),
  };
}

const keyOf = ({ file, start, length, replacement }: Mutant): string =>
  `${file}:${start}+${length} → ${replacement}`;

/** Of every source of the contracts, their names among them. */
async function digestContracts(): Promise<string> {
  const folder = join(root, "contracts");
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".sol")).sort();
  const hash = createHash("sha256");
  for (const name of names)
    hash
      .update(name)
      .update("\0")
      .update(await readFile(join(folder, name)))
      .update("\0");
  return hash.digest("hex").slice(0, 16);
}
