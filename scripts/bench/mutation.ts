/**
 * Whether the tests of the contracts would notice a fault: small ones are put in, one at a time, and the Solidity tests
 * must fail. `--count` says how many are drawn (default 300; `all`), `--seed` which (printed), `--only` from which folder
 * or file, `--lanes` how many are tried at once. `--resume` takes what earlier runs found out of the same contracts, and
 * tries again only what no test had noticed. Survivors are listed by file and line, those known to change nothing anybody
 * can see with the reason (scripts/mutation/equivalents.json). Nothing in the working tree is changed.
 */
import { readFile, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Measurement, Options } from "../bench.ts";
import { type Mutant, draw, findMutants } from "../mutation/mutants.ts";
import { openVerdicts } from "../mutation/verdicts.ts";
import { copyWorkshop, judge, makeWorkshop } from "../mutation/workshop.ts";

const root = join(import.meta.dirname, "../..");

interface Equivalent {
  file: string;
  /** the mutated line, trimmed */
  line: string;
  operator: string;
  /** what stands there instead; any of the operator's if it is left out */
  replacement?: string;
  reason: string;
}

/** The reason why nobody can tell the mutant from the original, if it is known. */
async function findReason(mutant: Mutant, equivalents: readonly Equivalent[]): Promise<string | undefined> {
  const lines = (await readFile(join(root, mutant.file), "utf8")).split("\n");
  const line = lines[mutant.line - 1]?.trim();
  return equivalents.find(
    (known) =>
      known.file === mutant.file &&
      known.line === line &&
      known.operator === mutant.operator &&
      (known.replacement ?? mutant.replacement) === mutant.replacement,
  )?.reason;
}

const firstLine = (text: string): string => text.split("\n")[0] ?? "";
const describe = ({ file, line, operator, original, replacement }: Mutant): string =>
  `${file}:${line} ${operator}: ${firstLine(original)} → ${replacement === "{}" || replacement === "" ? "nothing" : firstLine(replacement)}`;

/**
 * Draws mutants, tries each and prints the survivors.
 *
 * @returns mutants tried (those that compile), and how many percent of them, less the equivalent ones, were killed
 */
export async function run(options: Options): Promise<Measurement> {
  const seed = Number(options.seed ?? Math.floor(Math.random() * 2 ** 31));
  const equivalents = JSON.parse(
    await readFile(join(root, "scripts/mutation/equivalents.json"), "utf8"),
  ) as Equivalent[];
  const verdicts = await openVerdicts(options.resume !== true);
  const workshop = await makeWorkshop();
  const lanes = Number(options.lanes ?? availableParallelism());
  const copies = await Promise.all(Array.from({ length: lanes - 1 }, () => copyWorkshop(workshop)));
  const all = (await findMutants(workshop)).filter(({ file }) => file.startsWith(options.only ?? ""));
  const queue = draw(all, all.length, seed);
  const wanted = options.count ?? "300";
  const count = wanted === "all" ? all.length : Number(wanted);
  console.error(`${all.length} mutants, ${count} of them drawn with --seed ${seed}`);

  const tally = { mutants: 0, killed: 0, equivalent: 0 };
  let tried = 0;
  const listed: string[] = [];
  const started = Date.now();
  const lane = async (folder: string): Promise<void> => {
    try {
      for (
        let mutant = queue.shift();
        mutant !== undefined && tally.mutants < count;
        mutant = queue.shift()
      ) {
        tally.mutants += 1;
        const known = verdicts.find(mutant);
        const verdict = known ?? (await judge(folder, mutant));
        if (known === undefined) {
          tried += 1;
          await verdicts.add(mutant, verdict);
        }
        if (verdict === "does not compile") tally.mutants -= 1;
        if (verdict.startsWith("killed")) tally.killed += 1;
        const reason = verdict === "survived" ? await findReason(mutant, equivalents) : undefined;
        if (reason !== undefined) tally.equivalent += 1;
        if (verdict === "survived" || verdict === "killed by the timeout")
          listed.push(
            `${verdict}: ${describe(mutant)}${reason === undefined ? "" : ` (equivalent: ${reason})`}`,
          );
        console.error(
          `${tally.mutants} ${verdict}${known === undefined ? "" : " before"} ${describe(mutant)}`,
        );
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  await Promise.all([workshop, ...copies].map(lane));

  const counted = tally.mutants - tally.equivalent;
  const perMutantSeconds = Math.round((Date.now() - started) / 100 / Math.max(1, tried)) / 10;
  for (const line of listed.sort()) console.error(line);
  return {
    figures: {
      mutants: tally.mutants,
      equivalentMutants: tally.equivalent,
      killedPercent: Math.round((1_000 * tally.killed) / counted) / 10,
      perMutantSeconds,
    },
    peers: {},
    note: `Drawn with seed ${seed} from ${all.length}.`,
  };
}
