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

/** Starts both. workerd is installed below `folder` first: nothing but this benchmark needs its 120 MB. */
export async function startPeers(folder: string): Promise<Record<"workerd" | "node:http", Peer>> {
  await mkdir(folder, { recursive: true });
  await cp(source, folder, { recursive: true });
  await execa("npm", ["ci", "--no-audit", "--no-fund"], { cwd: folder });
  const port = await getPort({ host: "127.0.0.1" });
  const workerd = join(folder, "node_modules/.bin/workerd");
  return {
    workerd: await startPeer(
      workerd,
      ["serve", join(folder, "config.capnp"), `--socket-addr=http=127.0.0.1:${port}`],
      () => Promise.resolve(port),
    ),
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
  await waitUntil(`Starting ${command}`, async () => (await fetch(url, { method: "POST", body: "x" })).ok);
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
