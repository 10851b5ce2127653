/** `npm run check`: everything that can be said of the code without running it. Changes no file. */
import { availableParallelism } from "node:os";
import { execa } from "execa";

interface Check {
  name: string;
  command: string;
  args: string[];
}

const checks: Check[] = [
  { name: "types", command: "tsc", args: ["-p", "tsconfig.json"] },
  { name: "types of the contract tests", command: "tsc", args: ["-p", "test/tsconfig.json"] },
  { name: "types of the TypeScript starter", command: "tsc", args: ["-p", "starters/ts"] },
  { name: "lint", command: "eslint", args: [".", "--max-warnings", "0"] },
  { name: "lint of Solidity", command: "solhint", args: ["contracts/**/*.sol", "--max-warnings", "0"] },
  { name: "format", command: "prettier", args: [".", "--check", "--log-level", "warn"] },
  {
    name: "dependency directions",
    command: "depcruise",
    args: ["machine", "sandbox", "sdk", "backend", "node", "cli", "--output-type", "err"],
  },
  { name: "unused code", command: "knip", args: [] },
  { name: "generated ABIs", command: "node", args: ["scripts/generate-abis.ts", "--check"] },
  { name: "generated shim", command: "node", args: ["machine/scripts/build-shim.ts", "--check"] },
  { name: "committed gas figures", command: "node", args: ["scripts/gas.ts", "--check"] },
  { name: "tests of every error and event", command: "node", args: ["scripts/interface-tests.ts"] },
  { name: "generated roles in docs/security.md", command: "node", args: ["scripts/roles.ts", "--check"] },
  { name: "generated CLI page", command: "node", args: ["cli/src/docs.ts", "--check"] },
  { name: "generated benchmark page", command: "node", args: ["scripts/bench.ts", "--check-page"] },
];

const failed: string[] = [];
async function run({ name, command, args }: Check): Promise<void> {
  const started = Date.now();
  const result = await execa(command, args, { all: true, reject: false, preferLocal: true });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  if (result.exitCode === 0) {
    console.log(`✓ ${name} (${seconds} s)`);
    return;
  }
  failed.push(name);
  console.log(`✗ ${name} (${seconds} s)\n${result.all}\n`);
}

const queue = [...checks];
const workers = Array.from({ length: Math.min(2, availableParallelism()) }, async () => {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) await run(next);
});
await Promise.all(workers);
if (failed.length > 0) {
  console.error(`${failed.length} of ${checks.length} checks failed: ${failed.join(", ")}. Try: npm run fix`);
  process.exitCode = 1;
} else console.log(`${checks.length} checks passed`);
