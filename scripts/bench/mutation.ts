/**
 * Whether the tests of the contracts would notice a fault: small ones are put in, one at a time, and the Solidity tests
 * must fail. MILLRACE_MUTANTS says how many (default 300; `all`), MILLRACE_SEED which (printed), MILLRACE_LANES how many
 * at once. Survivors are listed by file and line, those known to change nothing anybody can see with the reason
 * (scripts/mutation/equivalents.json). Takes an hour and more; nothing in the working tree is changed.
 */
import { cp, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import type { Measurement } from "../bench.ts";
import { type Mutant, draw, findMutants } from "../mutation/mutants.ts";

const root = join(import.meta.dirname, "../..");
/** A fault that makes a test run for ever is noticed too. */
const TIMEOUT_MS = 300_000;

type Verdict = "killed" | "survived" | "does not compile";

interface Equivalent {
  file: string;
  /** the mutated line, trimmed */
  line: string;
  operator: string;
  reason: string;
}

/** A copy of the sources with everything compiled, to put faults into. */
async function prepare(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-mutation-"));
  for (const part of ["contracts", "test", "deploy", "hardhat.config.ts", "package.json", "tsconfig.json"])
    await cp(join(root, part), join(folder, part), { recursive: true });
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  await hardhat(folder, ["build"]);
  return folder;
}

async function hardhat(folder: string, args: string[]) {
  return await execa(join(root, "node_modules/.bin/hardhat"), args, {
    cwd: folder,
    env: { MILLRACE_MUTATION: "1" },
    timeout: TIMEOUT_MS,
    reject: false,
    all: true,
  });
}

async function testsIn(folder: string, below: string): Promise<string[]> {
  const names = await readdir(join(folder, below), { recursive: true });
  return names
    .filter((name) => name.endsWith(".t.sol"))
    .map((name) => join(below, name))
    .sort();
}

/** The tests of the contract's own folder first: most faults end there. The figures of gas are no proof. */
async function judge(folder: string, mutant: Mutant): Promise<Verdict> {
  const path = join(folder, mutant.file);
  const source = await readFile(path);
  const after = source.subarray(mutant.start + mutant.length);
  await writeFile(
    path,
    Buffer.concat([source.subarray(0, mutant.start), Buffer.from(mutant.replacement), after]),
  );
  try {
    const built = await hardhat(folder, ["build", "--no-tests"]);
    if (built.exitCode !== 0) return "does not compile";
    const own = await testsIn(folder, dirname(mutant.file).replace("contracts", "test"));
    const others = (await testsIn(folder, "test")).filter(
      (test) => !own.includes(test) && !test.startsWith("test/gas"),
    );
    for (const tests of [own, others])
      if ((await hardhat(folder, ["test", "solidity", ...tests])).exitCode !== 0) return "killed";
    return "survived";
  } finally {
    await writeFile(path, source);
  }
}

/** The reason why nobody can tell the mutant from the original, if it is known. */
async function findReason(mutant: Mutant, equivalents: readonly Equivalent[]): Promise<string | undefined> {
  const lines = (await readFile(join(root, mutant.file), "utf8")).split("\n");
  const line = lines[mutant.line - 1]?.trim();
  return equivalents.find(
    (known) => known.file === mutant.file && known.line === line && known.operator === mutant.operator,
  )?.reason;
}

const describe = ({ file, line, operator, original, replacement }: Mutant): string =>
  `${file}:${line} ${operator}: ${original.split("\n")[0]} → ${replacement === "{}" || replacement === "" ? "nothing" : replacement}`;

/**
 * Draws mutants, tests each and prints the survivors.
 *
 * @returns mutants tested (those that compile), and how many percent of them, less the equivalent ones, were killed
 */
export async function run(): Promise<Measurement> {
  const seed = Number(process.env["MILLRACE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  const wanted = process.env["MILLRACE_MUTANTS"] ?? "300";
  const equivalents = JSON.parse(
    await readFile(join(root, "scripts/mutation/equivalents.json"), "utf8"),
  ) as Equivalent[];
  const lanes = Number(process.env["MILLRACE_LANES"] ?? availableParallelism());
  const folders = await Promise.all(Array.from({ length: lanes }, prepare));
  const all = await findMutants(folders[0] ?? root);
  const queue = draw(all, all.length, seed);
  const count = wanted === "all" ? all.length : Number(wanted);
  console.error(`${all.length} mutants, ${count} of them drawn with MILLRACE_SEED=${seed}`);

  const tally = { mutants: 0, killed: 0, equivalent: 0 };
  const survivors: string[] = [];
  const lane = async (folder: string): Promise<void> => {
    try {
      for (
        let mutant = queue.shift();
        mutant !== undefined && tally.mutants < count;
        mutant = queue.shift()
      ) {
        tally.mutants += 1;
        const verdict = await judge(folder, mutant);
        if (verdict === "does not compile") tally.mutants -= 1;
        if (verdict === "killed") tally.killed += 1;
        const reason = verdict === "survived" ? await findReason(mutant, equivalents) : undefined;
        if (reason !== undefined) tally.equivalent += 1;
        if (verdict === "survived")
          survivors.push(`${describe(mutant)}${reason === undefined ? "" : ` (equivalent: ${reason})`}`);
        console.error(`${tally.mutants} ${verdict} ${describe(mutant)}`);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  await Promise.all(folders.map(lane));

  const counted = tally.mutants - tally.equivalent;
  const killedPercent = Math.round((1_000 * tally.killed) / counted) / 10;
  for (const survivor of survivors.sort()) console.error(`survived: ${survivor}`);
  return {
    figures: { mutants: tally.mutants, equivalentMutants: tally.equivalent, killedPercent },
    peers: {},
    note: `Drawn with seed ${seed} from ${all.length}.`,
  };
}
