import { openPaths } from "../paths/open.ts";
import { readArchive } from "./archive.ts";
import { summarise } from "./report.ts";
import type { Judged, SuiteReport } from "./report.ts";
import { runFile } from "./run-file.ts";
import { buildSpectest } from "./spectest.ts";

/**
 * Runs an archive of the official suite natively and in the interpreter.
 * @throws if the archive cannot be read
 */
export async function runSuite(archive: string): Promise<SuiteReport> {
  const files = await readArchive(archive);
  const { assemble, prepare, native, interpreter } = await openPaths();
  const library = { wasm: buildSpectest(assemble) };
  const judged: Judged[] = [];
  let textOnly = 0;
  for (const file of files) {
    const run = runFile(file, { prepare: (wasm) => prepare(wasm, library), native, interpreter });
    judged.push(...run.judged);
    textOnly += run.textOnly;
  }
  return summarise(judged, textOnly);
}
