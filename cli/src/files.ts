import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { failure } from "./errors.ts";

/** The folder of this person's wallets and networks. */
export function homeFolder(env: NodeJS.ProcessEnv): string {
  const chosen = env["MILLRACE_HOME"];
  if (chosen) return resolve(chosen);
  const config = env["XDG_CONFIG_HOME"];
  return join(config ? config : join(homedir(), ".config"), "millrace");
}

/**
 * Replaces a file in one instant: a reader sees the old or the new content, whenever the process dies.
 * @param mode permissions of the file
 */
export async function writeFileWhole(
  path: string,
  content: string | Uint8Array,
  mode = 0o644,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}`);
  try {
    const file = await open(draft, "wx", mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/**
 * Reads a file that the person named.
 * @throws MillraceError `file-unreadable` with the reason
 */
export async function readInput(path: string, what: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw failure("file-unreadable", `${what} cannot be read: ${path}`, {
      nextStep: "Check the path and that you may read the file.",
      details: isMissing(cause)
        ? "There is no such file."
        : cause instanceof Error
          ? cause.message
          : undefined,
      cause,
    });
  }
}

/**
 * Reads a JSON file that the person named.
 * @throws MillraceError `file-unreadable` or `json-invalid`
 */
export async function readJson(path: string, what: string): Promise<unknown> {
  const content = new TextDecoder().decode(await readInput(path, what));
  try {
    return JSON.parse(content);
  } catch (cause) {
    throw failure("json-invalid", `${what} cannot be read as JSON: ${path}`, {
      details: cause instanceof Error ? cause.message : undefined,
      nextStep: "Correct the file and try again.",
      cause,
    });
  }
}

/** True if the error says that there is no such file. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
