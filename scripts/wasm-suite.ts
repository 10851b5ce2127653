/**
 * `npm run -s wasm-suite -- <archive.tar.gz> --json` runs an archive of the official WebAssembly test suite (what wast2json makes
 * of it) natively and in the interpreter, and prints `{native, interpreter, failures, …}`; without `--json` a table, and
 * a line for each failure and for each assertion that cannot apply. Exits with 1 if anything failed.
 */
import { parseArgs } from "node:util";
import { runSuite } from "../machine/test/spec/run-suite.ts";
import type { SuiteReport } from "../machine/test/spec/report.ts";

function print({ native, interpreter, failures, notApplicable, textOnly }: SuiteReport): void {
  for (const { file, line, type, path, message } of failures)
    console.log(`failed          ${file}:${line} ${type} (${path}): ${message}`);
  for (const { file, line, type, feature } of notApplicable)
    console.log(`not applicable  ${file}:${line} ${type}: ${feature}`);
  if (textOnly > 0)
    console.log(`${textOnly} assertions are about WebAssembly's text format; they have no module to run.`);
  console.table({ native, interpreter });
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean", default: false } },
});
const [archive] = positionals;
if (archive === undefined || positionals.length > 1) {
  console.error("Usage: npm run -s wasm-suite -- <archive.tar.gz> [--json]");
  process.exit(2);
}
try {
  const report = await runSuite(archive);
  if (values.json) console.log(JSON.stringify(report));
  else print(report);
  process.exitCode = report.failures.length > 0 ? 1 : 0;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
