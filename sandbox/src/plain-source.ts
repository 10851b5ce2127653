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
/** The machine's sources: it is pure, so that they run where nothing else can be imported. */
const MACHINE_FOLDER = fileURLToPath(new URL("..", import.meta.resolve("@millrace/machine/native")));
const MACHINE = "machine";
const IMPORT = /"(?:\.{1,2}\/[\w./-]+\.ts|@millrace\/machine\/\w+)"/g;

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
    if (owner !== undefined && isGone(Number(owner))) removeQuietly(join(parent, name));
  }
  return mkdtempSync(join(parent, `${FOLDER_PREFIX}${process.pid}-`));
}

function isGone(pid: number): boolean {
  // A container that was restarted: its first process has the same number again, and has made no folder yet.
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // Another user's process runs, too.
    return (error as NodeJS.ErrnoException).code === "ESRCH";
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
  return new Map([
    ...stripFolder(SOURCE_FOLDER, folder),
    ...stripFolder(MACHINE_FOLDER, join(folder, MACHINE)),
  ]);
}

function stripFolder(source: string, target: string): [path: string, text: string][] {
  const names = readdirSync(source, { recursive: true, encoding: "utf8" });
  const sources = names.filter((name) => /(?<!\.d)\.ts$/.test(name)).sort((a, b) => depth(a) - depth(b));
  return sources.map((name) => {
    const text = stripQuietly(readFileSync(join(source, name), "utf8"));
    return [join(target, plainName(name)), text.replaceAll(IMPORT, resolveImport)];
  });
}

/** What a file imports, as plain JavaScript: another of these files, or a part of the machine. */
function resolveImport(name: string): string {
  const part = /^"@millrace\/machine\/(\w+)"$/.exec(name)?.[1];
  return part === undefined
    ? plainName(name)
    : `"./${MACHINE}/native/${part === "native" ? "index" : part}.mjs"`;
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
