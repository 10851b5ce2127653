import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createPlainSource } from "./plain-source.ts";

const plainSource = createPlainSource();

/** Starts a process of ours with no environment and no rights but to read its own source and what is named. */
export function forkPlain(name: string, rights: readonly string[] = []): ChildProcess {
  const folder = plainSource();
  return fork(join(folder, name), {
    env: {},
    cwd: folder,
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    execArgv: [
      ...["--permission", `--allow-fs-read=${folder}*`, ...rights],
      ...["--max-old-space-size=512", "--no-warnings", "--disallow-code-generation-from-strings"],
    ],
  });
}

const LAST_WORDS_BYTES = 4 * 1024;

/** Collects the last of what a process says on its standard error. */
export function lastWordsOf(child: ChildProcess): () => string {
  let lastWords = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString()).slice(-LAST_WORDS_BYTES);
  });
  return () => lastWords;
}
