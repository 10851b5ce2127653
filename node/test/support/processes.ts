import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import getPort from "get-port";
import type { NodeStatus } from "../../src/http/status.ts";
import { eventually } from "./eventually.ts";

const root = join(import.meta.dirname, "../../..");
const started = new Set<ChildProcess>();
const outputs = new Set<() => string>();

/** A process and what it wrote. */
export interface Running {
  output: () => string;
  /** its log lines that are JSON */
  lines: () => { msg: string; level: number; [field: string]: unknown }[];
  signal: (name: NodeJS.Signals) => void;
  /** exit code or the signal that ended it */
  ended: Promise<number | string>;
}

/** Ends whatever a test left behind. */
export async function endProcesses(): Promise<void> {
  for (const child of started) {
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    }
  }
  started.clear();
  outputs.clear();
}

/** Shows what the processes of a failed test wrote last. */
export function printLogsOfFailure(test: { state?: string | undefined } | undefined): void {
  if (test?.state !== "failed") return;
  for (const output of outputs) console.log(output().slice(-4_000));
}

function run(args: string[]): Running {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  started.add(child);
  let text = "";
  outputs.add(() => text);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => (text += chunk));
  }
  return {
    output: () => text,
    lines: () =>
      text
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line) as ReturnType<Running["lines"]>[number]),
    signal: (name) => child.kill(name),
    ended: once(child, "exit").then(([code, signal]) => (signal ?? code) as number | string),
  };
}

/** Starts Hardhat's node with a block every second. */
export async function startChain(): Promise<{ rpcUrl: string; running: Running }> {
  const port = await getPort({ host: "127.0.0.1" });
  const cli = join(root, "node_modules/hardhat/dist/src/cli.js");
  const running = run([
    cli,
    "node",
    "--network",
    "devnet",
    "--hostname",
    "127.0.0.1",
    "--port",
    String(port),
  ]);
  const rpcUrl = `http://127.0.0.1:${port}`;
  await eventually(
    "the chain answers",
    async () => {
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_blockNumber", params: [] });
      return (await fetch(rpcUrl, { method: "POST", headers: { "content-type": "application/json" }, body }))
        .ok;
    },
    60_000,
  );
  return { rpcUrl, running };
}

export interface NodeProcess extends Running {
  url: string;
  status: () => Promise<NodeStatus>;
  call: (deal: bigint, body: string) => Promise<Response>;
}

/** Starts a node's daemon with these settings. */
export async function startNodeProcess(
  configFile: string,
  config: object & { listen: { port: number } },
): Promise<NodeProcess> {
  await writeFile(configFile, JSON.stringify(config));
  const running = run([join(root, "node/src/main.ts"), "--config", configFile]);
  const url = `http://127.0.0.1:${config.listen.port}`;
  return {
    ...running,
    url,
    status: async () => (await fetch(`${url}/v1/status`)).json() as Promise<NodeStatus>,
    call: (deal, body) => fetch(`${url}/v1/deals/${deal.toString()}/call`, { method: "POST", body }),
  };
}
