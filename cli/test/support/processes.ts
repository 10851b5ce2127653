import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";

/** Ends a daemon in order. Returns its exit code. */
export async function stopDaemon(daemon: ChildProcess): Promise<number | null> {
  const exited = once(daemon, "exit");
  if (daemon.kill("SIGTERM")) await exited;
  return daemon.exitCode;
}

/** Asks again until it is so. */
export async function until(
  what: string,
  isTrue: () => Promise<boolean>,
  timeoutSeconds = 60,
): Promise<void> {
  const deadlineMs = Date.now() + timeoutSeconds * 1000;
  while (!(await isTrue())) {
    if (Date.now() > deadlineMs) throw new Error(`Waited ${timeoutSeconds} s in vain until ${what}.`);
    await delay(300);
  }
}
