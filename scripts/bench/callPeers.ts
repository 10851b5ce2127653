/** The peers of the benchmark `call`: an echo over HTTP on workerd and on bare node:http. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import getPort from "get-port";
import { waitUntil } from "../devnet/service.ts";

const source = join(import.meta.dirname, "peers");

/** A process that echoes what is posted to its URL. */
export interface Peer {
  url: string;
  pid: number;
  stop: () => Promise<void>;
}

/** Installs workerd below `folder`: nothing but benchmarks needs its 120 MB. */
export async function installWorkerd(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await cp(source, folder, { recursive: true });
  await execa("npm", ["ci", "--no-audit", "--no-fund"], { cwd: folder });
}

/** Starts the workerd installed in `folder` with a configuration. */
export async function startWorkerd(folder: string, config = join(folder, "config.capnp")): Promise<Peer> {
  const port = await getPort({ host: "127.0.0.1" });
  return startPeer(
    join(folder, "node_modules/.bin/workerd"),
    ["serve", config, `--socket-addr=http=127.0.0.1:${port}`],
    () => Promise.resolve(port),
  );
}

/** Starts both; workerd is installed below `folder` first. */
export async function startPeers(folder: string): Promise<Record<"workerd" | "node:http", Peer>> {
  await installWorkerd(folder);
  return {
    workerd: await startWorkerd(folder),
    "node:http": await startPeer(process.execPath, [join(folder, "echo.mjs")], async ({ stdout }) => {
      const [text] = stdout === null ? [] : ((await once(stdout, "data")) as [Buffer]);
      return Number(text);
    }),
  };
}

async function startPeer(
  command: string,
  args: string[],
  portOf: (child: ChildProcess) => Promise<number>,
): Promise<Peer> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  await once(child, "spawn");
  const url = `http://127.0.0.1:${await portOf(child)}/`;
  try {
    await waitUntil(`Starting ${command}`, async () => (await fetch(url, { method: "POST", body: "x" })).ok);
  } catch (error) {
    child.kill();
    throw error;
  }
  return {
    url,
    pid: child.pid ?? 0,
    async stop() {
      const gone = once(child, "exit");
      child.kill();
      await gone;
    },
  };
}
