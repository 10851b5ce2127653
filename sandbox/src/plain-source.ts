import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The owner's process id follows. A process id means something on its own host, or in its own container, only. */
const FOLDER_PREFIX = `millrace-sandbox-${hostname().replaceAll(/[^\w.]/g, "_")}-`;
const SOURCE_FOLDER = fileURLToPath(new URL(".", import.meta.url));

/** Makes sure that all files are there, and returns their folder, which ends with a slash. */
export type PlainSource = () => string;

/**
 * Puts the sources as plain JavaScript into a folder of this process's own, which is removed at its end; those that
 * killed processes left are removed first. A process that
 * strips types by itself keeps what does so in memory, once for each thread: it takes 76 MiB instead of 33, and starts
 * later.
 */
export function createPlainSource(): PlainSource {
  let files: Map<string, string> | undefined;
  return () => {
    files ??= stripAll(makeFolder());
    for (const [path, text] of files) {
      // Some systems empty the folder for temporary files while processes run.
      if (existsSync(path)) continue;
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    const [[first] = [""]] = files;
    return join(dirname(first), "/");
  };
}

function makeFolder(): string {
  const parent = tmpdir();
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(FOLDER_PREFIX)) continue;
    const owner = /^(\d+)-\w+$/.exec(name.slice(FOLDER_PREFIX.length))?.[1];
    if (owner !== undefined && !isRunning(Number(owner))) removeQuietly(join(parent, name));
  }
  return mkdtempSync(join(parent, `${FOLDER_PREFIX}${process.pid}-`));
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's process runs, too.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** Another user's folder stays: it is that user's to remove. */
function removeQuietly(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    return;
  }
}

function stripAll(folder: string): Map<string, string> {
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const names = readdirSync(SOURCE_FOLDER, { recursive: true, encoding: "utf8" });
  const sources = names.filter((name) => name.endsWith(".ts")).sort((a, b) => depth(a) - depth(b));
  return new Map(
    sources.map((name) => {
      const text = stripQuietly(readFileSync(join(SOURCE_FOLDER, name), "utf8"));
      return [join(folder, plainName(name)), text.replaceAll(/"(\.{1,2}\/[\w./-]+\.ts)"/g, plainName)];
    }),
  );
}

/** Node warns that the function may change, which no user of ours can act upon. */
function stripQuietly(text: string): string {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(text);
  } finally {
    process.emitWarning = emitWarning;
  }
}

function depth(name: string): number {
  return name.split(/[/\\]/).length;
}

function plainName(name: string): string {
  return name.replace(/\.ts("?)$/, ".mjs$1");
}
