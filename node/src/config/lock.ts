import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import lockfile from "proper-lockfile";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { MillraceError } from "@millrace/sdk";

/** A lock that nobody has refreshed for this long belongs to a process that is gone. */
const staleMs = 10_000;

const holderSchema = Type.Object({ pid: Type.Integer(), hostname: Type.String() });

/** Gives the lock back. */
export type ReleaseLock = () => Promise<void>;

/**
 * Takes the data folder for this process alone; creates the folder where it is missing. A lock left by a killed process
 * of this machine is taken over at once, any other one when it has not been refreshed for ten seconds.
 *
 * @param onLost called if another process took the lock, which must end this one
 * @throws MillraceError `data-folder-locked`, naming the folder, or `data-folder-unusable`
 */
export async function lockDataFolder(folder: string, onLost: (cause: Error) => void): Promise<ReleaseLock> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new MillraceError({
      code: "data-folder-unusable",
      shortMessage: `The data folder ${folder} cannot be created.`,
      nextStep: "Make its parent writable or set dataFolder to another path.",
      cause,
    });
  });
  const holderPath = join(folder, "node.pid");
  const lockPath = join(folder, "node.lock");
  if (await holderIsGone(holderPath)) await rm(lockPath, { recursive: true, force: true });
  const release = await lockfile
    .lock(folder, { lockfilePath: lockPath, stale: staleMs, update: 2_000, onCompromised: onLost })
    .catch((cause: unknown) => {
      throw refusal(folder, cause);
    });
  await writeFile(holderPath, JSON.stringify({ pid: process.pid, hostname: hostname() }));
  return async () => {
    await rm(holderPath, { force: true });
    await release();
  };
}

/** True only when the file names a process of this machine that no longer runs. */
async function holderIsGone(holderPath: string): Promise<boolean> {
  const holder = await readFile(holderPath, "utf8")
    .then((text): unknown => JSON.parse(text))
    .catch(() => undefined);
  if (!Value.Check(holderSchema, holder) || holder.hostname !== hostname()) return false;
  // A container that was restarted: its first process has the same number again.
  if (holder.pid === process.pid) return true;
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

function refusal(folder: string, cause: unknown): MillraceError {
  const locked = (cause as NodeJS.ErrnoException).code === "ELOCKED";
  return new MillraceError({
    code: locked ? "data-folder-locked" : "data-folder-unusable",
    shortMessage: locked
      ? `The data folder ${folder} is in use by another node process.`
      : `The data folder ${folder} cannot be locked: ${cause instanceof Error ? cause.message : String(cause)}.`,
    nextStep: locked
      ? "Stop that process, or give this node a dataFolder of its own. A killed node's folder is free after 10 seconds."
      : "Make the folder writable for this user, or set dataFolder to another path.",
    cause,
  });
}
