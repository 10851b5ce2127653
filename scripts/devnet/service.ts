import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import pRetry, { AbortError } from "p-retry";

/** Compiled code of our sources, shared by all processes that are started here: each start is quicker. */
export const compileCache = join(import.meta.dirname, "../../node_modules/.millrace/compile-cache");

/** One process of the network, with its output in a file. */
export interface Service {
  name: string;
  pid: number;
  logFile: string;
  /** Undefined while it runs, then why it ended. */
  ended: () => string | undefined;
  /** SIGTERM, and SIGKILL if it is still there after `graceMs` (default 15 s). Resolves when it is gone. */
  stop: (graceMs?: number) => Promise<void>;
  /** SIGKILL. Resolves when it is gone. */
  kill: () => Promise<void>;
}

export interface StartServiceParameters {
  name: string;
  /** TypeScript or JavaScript file run by this Node. */
  script: string;
  args?: string[];
  env?: Record<string, string>;
  logFile: string;
  cwd?: string;
}

/** Starts a service and remembers it for the end. */
export type Launch = (parameters: StartServiceParameters) => Promise<Service>;

/** Starts a process of its own session, so that Ctrl-C reaches only the parent, which then ends it in order. */
export async function startService(parameters: StartServiceParameters): Promise<Service> {
  const { name, script, args = [], env = {}, logFile, cwd } = parameters;
  await mkdir(dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile, { flags: "a" });
  await once(log, "open");
  const child = spawn(process.execPath, [script, ...args], {
    ...(cwd === undefined ? {} : { cwd }),
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: process.env["HOME"] ?? "",
      NODE_COMPILE_CACHE: compileCache,
      ...env,
    },
    stdio: ["ignore", log, log],
    detached: true,
  });
  await once(child, "spawn");
  log.close();
  let ended: string | undefined;
  child.once("exit", (code, signal) => {
    ended = signal === null ? `exit code ${code ?? "unknown"}` : `signal ${signal}`;
  });
  return {
    name,
    pid: child.pid ?? 0,
    logFile,
    ended: () => ended,
    stop: (graceMs = 15_000) => end(child, "SIGTERM", graceMs),
    kill: () => end(child, "SIGKILL", 0),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  const timer = graceMs > 0 ? setTimeout(() => child.kill("SIGKILL"), graceMs) : undefined;
  await gone;
  clearTimeout(timer);
}

/** The last lines a service wrote, for an error message. */
export async function lastLines(logFile: string, count = 12): Promise<string> {
  const text = await readFile(logFile, "utf8").catch(() => "");
  return text.trimEnd().split("\n").slice(-count).join("\n");
}

/**
 * Waits until `ready` returns something else than undefined or false; a throw counts as "not yet".
 * @param service given up at once when this process ends
 * @throws Error that names what was awaited, the last failure and the service's last lines
 */
export async function waitUntil<Result>(
  what: string,
  ready: () => Promise<Result | undefined | false>,
  {
    timeoutMs = 30_000,
    intervalMs = 100,
    service,
  }: { timeoutMs?: number; intervalMs?: number; service?: Service } = {},
): Promise<Result> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  try {
    return await pRetry(
      async () => {
        const ended = service?.ended();
        if (service !== undefined && ended !== undefined)
          throw new AbortError(`${service.name} ended (${ended})`);
        if (Date.now() > deadline)
          throw new AbortError(
            `not within ${timeoutMs / 1000} s${last instanceof Error ? ` (${last.message})` : ""}`,
          );
        try {
          const result = await ready();
          if (result !== undefined && result !== false) return result;
        } catch (error) {
          last = error;
        }
        throw new Error("not yet");
      },
      { retries: Infinity, minTimeout: intervalMs, maxTimeout: intervalMs },
    );
  } catch (error) {
    const tail =
      service === undefined ? "" : `\nLast lines of ${service.logFile}:\n${await lastLines(service.logFile)}`;
    throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}${tail}`, {
      cause: error,
    });
  }
}
