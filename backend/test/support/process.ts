import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, connect, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const main = join(import.meta.dirname, "../../src/main.ts");

type LogLine = Record<string, unknown> & { msg?: string; level?: string; code?: string; url?: string };

/** The backend as a process of its own. */
export interface BackendProcess {
  readonly child: ChildProcess;
  /** What it wrote to standard output, line by line; every line has to be JSON. */
  readonly lines: LogLine[];
  /** Waits for a line with this message. */
  said: (message: string) => Promise<LogLine>;
  /** Exit code, or the signal that ended it. */
  ended: Promise<number | string>;
}

export function startBackendProcess(env: Record<string, string>): BackendProcess {
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: LogLine[] = [];
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    for (const line of parts) lines.push(JSON.parse(line) as LogLine);
  });
  const ended = once(child, "close").then(([code, signal]) => (code ?? signal) as number | string);
  return {
    child,
    lines,
    ended,
    async said(message) {
      for (;;) {
        const line = lines.find(({ msg }) => msg === message);
        if (line !== undefined) return line;
        if (child.exitCode !== null) throw new Error(`It ended: ${JSON.stringify(lines)}`);
        await delay(20);
      }
    },
  };
}

/** Repeats until `ready` gives something; failures count as not yet. */
export async function eventually<T>(
  ready: () => Promise<T | undefined | false>,
  timeoutMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      const result = await ready();
      if (result !== undefined && result !== false) return result;
    } catch (error) {
      last = error;
    }
    await delay(50);
  }
  throw new Error(`Not within ${timeoutMs} ms`, { cause: last });
}

/** A cable to the chain that can be pulled. */
export interface Cable {
  readonly url: string;
  plug: () => Promise<void>;
  pull: () => Promise<void>;
}

export async function layCable(target: string): Promise<Cable> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const create = (): Server =>
    createServer((near) => {
      const far = connect(Number(port), hostname);
      for (const socket of [near, far]) {
        sockets.add(socket);
        socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
      }
      near.pipe(far).pipe(near);
    });
  let server = create();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const bound = server.address();
  if (typeof bound !== "object" || bound === null) throw new Error("no address");
  return {
    url: `http://127.0.0.1:${bound.port}`,
    async plug() {
      server = create();
      await once(server.listen(bound.port, "127.0.0.1"), "listening");
    },
    async pull() {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
