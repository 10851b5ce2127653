/**
 * `npm test`: the suites, two at a time, with a closing line `N passed, N failed`. `--usage` (npm run test:usage) runs
 * what takes networks long to live through instead: the guides' commands, markets, votes, failovers. `--long` (npm run
 * test:long) runs both, with more of everything (MILLRACE_LONG=1). Names after the options pick suites:
 * `npm test -- contracts e2e`. Every suite's whole output is in .millrace/tests/<suite>.log; what failed is shown again
 * before the closing line.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { execa } from "execa";

const mocha = (...globs: string[]): string[] => ["mocha", ...globs];
/** Live through many epochs, a vote or a guide; each file has a network of its own. */
const usage: Record<string, string[]> = {
  market: ["test/e2e/market.test.ts", "test/e2e/secrets.test.ts", "test/e2e/examples.test.ts"],
  scaling: ["test/e2e/scaling.test.ts"],
  guides: ["test/e2e/guide.test.ts", "test/e2e/operations.test.ts"],
  provider: ["cli/test/provider.test.ts"],
  dao: ["cli/test/dao.test.ts"],
  tips: ["cli/test/tips.test.ts", "cli/test/scaler.test.ts"],
  terminal: ["cli/test/developer.test.ts", "cli/test/market.test.ts"],
  failover: ["backend/test/process/failover.test.ts", "backend/test/process/main.test.ts"],
  failures: ["test/e2e/failures.test.ts", "cli/test/starters.test.ts"],
  scripts: ["cli/test/scripts.test.ts", "test/e2e/scripts.test.ts"],
  fixtures: ["sandbox/test/fixtures.test.ts"],
};
const ignored = Object.values(usage).flatMap((files) => files.map((file) => `--ignore=${file}`));
const suites: Record<string, string[]> = {
  contracts: ["hardhat", "test", "solidity"],
  integration: ["hardhat", "test", "mocha"],
  machine: mocha("machine/test/**/*.test.ts"),
  sandbox: mocha("sandbox/test/**/*.test.ts", ...ignored),
  examples: mocha("examples/test/**/*.test.ts"),
  runtimes: mocha("runtimes/*/test/**/*.test.ts"),
  sdk: mocha("sdk/test/**/*.test.ts"),
  backend: mocha("backend/test/**/*.test.ts", ...ignored),
  node: mocha("node/test/**/*.test.ts"),
  cli: mocha("cli/test/**/*.test.ts", ...ignored),
  e2e: mocha("test/e2e/**/*.test.ts", ...ignored),
  ...Object.fromEntries(Object.entries(usage).map(([name, files]) => [name, mocha(...files)])),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    long: { type: "boolean", default: false },
    usage: { type: "boolean", default: false },
    seed: { type: "string" },
  },
});
const unknown = positionals.filter((name) => !(name in suites));
if (unknown.length > 0) {
  console.error(`There is no suite ${unknown.join(", ")}. Suites: ${Object.keys(suites).join(", ")}`);
  process.exit(2);
}

const seed = values.seed ?? String(Math.floor(Math.random() * 2 ** 31));
console.log(`seed ${seed} (repeat with: npm test -- --seed ${seed})`);
const env = {
  MILLRACE_SEED: seed,
  ...(values.long ? { MILLRACE_LONG: "1" } : {}),
  FORCE_COLOR: "0",
  NODE_COMPILE_CACHE: join(import.meta.dirname, "../node_modules/.millrace/compile-cache"),
};

let passed = 0;
let failed = 0;
let skipped = 0;
const broken: string[] = [];
const failures: string[] = [];
const logs = join(import.meta.dirname, "../.millrace/tests");
mkdirSync(logs, { recursive: true });
const times: string[] = [];

async function runSuite(name: string): Promise<void> {
  const command = suites[name] ?? [];
  const started = Date.now();
  const { all, exitCode } = await execa(command[0] ?? "", command.slice(1), {
    all: true,
    reject: false,
    preferLocal: true,
    env,
  });
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  console.log(`\n── ${name} (${seconds} s)\n${all}`);
  writeFileSync(join(logs, `${name}.log`), all);
  const count = (word: string): number =>
    [...all.matchAll(new RegExp(`^\\s*(\\d+) ${word}`, "gm"))].reduce((sum, [, n]) => sum + Number(n), 0);
  const failing = count("failing");
  passed += count("passing");
  failed += failing;
  skipped += count("pending") + count("skipped");
  // A suite that dies without counting a failure has failed once; so has one that ran nothing.
  const ranNothing = count("passing") + failing === 0;
  if (failing === 0 && (exitCode !== 0 || ranNothing)) failed += 1;
  if (exitCode !== 0 || ranNothing) {
    broken.push(ranNothing ? `${name} (ran no test)` : name);
    failures.push(`\n── what failed in ${name}\n${failureOf(all)}`);
  }
  times.push(`${name} ${seconds} s`);
}

/**
 * The part of a runner's output that tells of the failures: from its count on, or the end. The calls that broke an invariant
 * are left out, a hundred of them would bury the reason: the suite's log has them, and the seed repeats them.
 */
function failureOf(output: string): string {
  const lines = output
    .trimEnd()
    .split("\n")
    .filter(
      (line) => !/^\s*(Counterexample:|(calldata|sender|address|contractName|signature|args): )/.test(line),
    );
  const counted = lines.findIndex((line) => /^\s*\d+ failing/.test(line));
  return lines.slice(counted === -1 ? -60 : counted, counted === -1 ? undefined : counted + 120).join("\n");
}

/** Runs one suite after the other; what it takes from the list no other lane takes. */
async function runLane(lane: string[]): Promise<void> {
  const wanted = (name: string): boolean => values.long || name in usage === values.usage;
  const chosen = (name: string): boolean =>
    positionals.length === 0 ? wanted(name) : positionals.includes(name);
  for (let name = lane.shift(); name !== undefined; name = lane.shift())
    if (chosen(name)) await runSuite(name);
}

// Two at a time: most of them wait for blocks. Those that use Hardhat's compiler cache come one after the other; the
// artifacts that all others deploy were written before (scripts/setup.mjs).
const started = Date.now();
const shared = [
  "machine",
  "sandbox",
  "examples",
  "runtimes",
  "backend",
  "e2e",
  "node",
  "cli",
  ...Object.keys(usage),
  "sdk",
];
await Promise.all([runLane(["contracts", "integration"]).then(() => runLane(shared)), runLane(shared)]);

console.log(
  `\n${times.join(", ")}; ${((Date.now() - started) / 60_000).toFixed(1)} min in all; seed ${seed}`,
);
for (const failure of failures) console.log(failure);
if (broken.length > 0) console.log(`failed: ${broken.join(", ")}; repeat with --seed ${seed}`);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 || broken.length > 0 ? 1 : 0;
