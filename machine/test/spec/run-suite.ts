import { runDeep } from "../paths/deep-thread.ts";
import { openPaths } from "../paths/open.ts";
import { readArchive } from "./archive.ts";
import { openCutter } from "./cut-references.ts";
import { summarise } from "./report.ts";
import type { Judged, SuiteReport } from "./report.ts";
import { runFile } from "./run-file.ts";
import { buildSpectest } from "./spectest.ts";

/**
 * Runs an archive of the official suite natively and in the interpreter, in a thread whose stack is deep enough.
 * @throws if the archive cannot be read
 */
export function runSuite(archive: string): Promise<SuiteReport> {
  return runDeep(import.meta.url, runSuiteHere.name, archive);
}

/** The same on this thread. */
export async function runSuiteHere(archive: string): Promise<SuiteReport> {
  const files = await readArchive(archive);
  const { assemble, prepare, native, interpreter } = await openPaths();
  const cut = await openCutter();
  const library = { wasm: buildSpectest(assemble) };
  const judged: Judged[] = [];
  let textOnly = 0;
  for (const file of files) {
    const run = runFile(file, {
      ...{ assemble, native, interpreter, cut },
      prepare: (wasm) => prepare(wasm, library),
    });
    judged.push(...run.judged);
    textOnly += run.textOnly;
  }
  return summarise(judged, textOnly);
}
