import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MillraceError } from "@millrace/sdk";
import { lock } from "proper-lockfile";

/** A killed process's lock is taken over once it wasn't refreshed for this long. */
const staleMs = 6_000;
const startedAtMs = Math.round(performance.timeOrigin);

/**
 * Takes the lock of a data folder, which it makes if needed; the returned function gives it back. After a crash it waits
 * until the dead process's lock is stale.
 * @throws MillraceError `data-folder-in-use` if a living process has it
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  const ownerFile = path.join(folder, "owner.pid");
  const deadline = Date.now() + 2 * staleMs;
  for (;;) {
    try {
      const release = await lock(folder, {
        lockfilePath: path.join(folder, ".lock"),
        stale: staleMs,
        update: 1_000,
        onCompromised: (error) => onCompromised(folder, error),
      });
      await writeFile(ownerFile, `${process.pid} ${startedAtMs}`);
      return release;
    } catch (error) {
      if (!isLocked(error)) throw error;
      const owner = await readOwner(ownerFile);
      if (Date.now() > deadline || (owner !== undefined && isAlive(owner))) throw inUse(folder, owner?.pid);
      await sleep(200);
    }
  }
}

function onCompromised(folder: string, error: Error): never {
  // Two processes on one PGlite folder lose data silently: stopping at once is the smaller evil.
  throw new MillraceError({
    code: "data-folder-in-use",
    shortMessage: `The lock of data folder ${folder} was lost: ${error.message}.`,
    nextStep: "Make sure that no other process uses the folder, then start again.",
    cause: error,
  });
}

function inUse(folder: string, owner: number | undefined): MillraceError {
  const who = owner === undefined ? "another process" : `process ${owner}`;
  return new MillraceError({
    code: "data-folder-in-use",
    shortMessage: `The data folder ${folder} is in use by ${who}.`,
    nextStep: "Stop it, or choose another folder with DATA_FOLDER.",
  });
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ELOCKED";
}

interface Owner {
  pid: number;
  startedAtMs: number;
}

async function readOwner(file: string): Promise<Owner | undefined> {
  const text = await readFile(file, "utf8").catch(() => "");
  const [, pid, startedAt] = /^(\d+) (\d+)$/.exec(text) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), startedAtMs: Number(startedAt) };
}

function isAlive(owner: Owner): boolean {
  // In a container every start has the same process number.
  if (owner.pid === process.pid) return owner.startedAtMs === startedAtMs;
  try {
    process.kill(owner.pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
