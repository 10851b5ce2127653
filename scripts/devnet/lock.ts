import { mkdir } from "node:fs/promises";
import { lock } from "proper-lockfile";

/**
 * Takes the folder for this process.
 * @returns gives it back
 * @throws Error if another running process has it
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  try {
    return await lock(folder, { stale: 10_000, update: 2_000 });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ELOCKED")
      throw new Error(
        `The folder ${folder} is in use by another network. End that one first (Ctrl-C in its terminal); after a crash it is free again in 10 seconds.`,
        { cause: error },
      );
    throw error;
  }
}
