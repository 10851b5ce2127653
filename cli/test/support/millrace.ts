import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

/** The repository's root. */
export const root = join(import.meta.dirname, "../../..");
export const entry = join(root, "cli/src/main.ts");

/** How a run of the command ended. */
export interface Ran {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly bytes: Uint8Array;
}

/** Where and with what environment commands run. */
export interface Setting {
  readonly cwd: string;
  readonly env?: Record<string, string>;
}

/** What `--json` prints for an error. */
export interface JsonError {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly nextStep?: string;
    readonly details?: string;
    readonly feature?: string;
    readonly offset?: number;
  };
}

/** Runs `millrace` as a process of its own, with nothing of this machine's configuration. */
export async function millrace(
  { cwd, env = {} }: Setting,
  args: readonly string[],
  input?: string,
): Promise<Ran> {
  const result = await execa(process.execPath, [entry, ...args], {
    cwd,
    env: { PATH: process.env["PATH"], MILLRACE_HOME: join(cwd, "home"), ...env },
    extendEnv: false,
    reject: false,
    encoding: "buffer",
    stripFinalNewline: false,
    timeout: 120_000,
    ...(input === undefined ? { stdin: "ignore" } : { input }),
  });
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return {
    exitCode: result.exitCode,
    stdout: decode(result.stdout),
    stderr: decode(result.stderr),
    bytes: result.stdout,
  };
}

/**
 * Runs a command with `--json` and returns the object it printed, which must be all it printed.
 * @throws Error unless it ends with exit code 0
 */
export async function millraceJson<T>(setting: Setting, args: readonly string[]): Promise<T> {
  const ran = await millrace(setting, [...args, "--json"]);
  if (ran.exitCode !== 0)
    throw new Error(`millrace ${args.join(" ")} ended with ${ran.exitCode}: ${ran.stdout}${ran.stderr}`);
  return JSON.parse(ran.stdout) as T;
}

/** Runs a command that must fail, and returns its error from `--json`. */
export async function millraceFails(
  setting: Setting,
  args: readonly string[],
  exitCode = 1,
): Promise<JsonError["error"]> {
  const ran = await millrace(setting, [...args, "--json"]);
  if (ran.exitCode !== exitCode)
    throw new Error(
      `millrace ${args.join(" ")} ended with ${ran.exitCode}, not ${exitCode}: ${ran.stdout}${ran.stderr}`,
    );
  return (JSON.parse(ran.stdout) as JsonError).error;
}

/** A new folder, and how to remove it. */
export async function scratchFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-cli-"));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
