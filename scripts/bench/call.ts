/**
 * What a warm call costs: through a real node of a devnet, through the gateway before it, and, in the same run, through
 * an echo on workerd and on bare node:http. Each call has an input of its own. The ways of calling take turns, so that
 * whatever else the machine does meets them all alike; on a busy one run it as `chrt -r 5 npm run -s bench -- call`. Linux
 * only: processor time and memory come from /proc.
 */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { Agent, type IncomingMessage, request } from "node:http";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseManifest } from "@millrace/machine";
import { createNativeRunner, createNativeSpaces, encodeInput } from "@millrace/machine/native";
import { prepare } from "@millrace/machine/prepare";
import { cgiEnvironment } from "../../sandbox/src/cgi.ts";
import { runProgram } from "../../sandbox/src/run-program.ts";
import { deployEcho, root, startNetwork } from "../../test/e2e/support.ts";
import { round } from "./figures.ts";
import type { Measurement } from "../bench.ts";
import { startPeers } from "./callPeers.ts";
import { cpuSeconds, isRealTime, privateMiB, processTree } from "./processes.ts";

const warmUp = 300;
const timed = 2_000;
const loaded = 6_000;
const callersUnderLoad = 8;
const bodyBytes = 100;
/** A process gives memory back some time after its start. */
const idleMs = 5_000;

const agent = new Agent({ keepAlive: true });

type Call = () => Promise<void>;

/**
 * Measures. `overheadMsMedian`: a call through the node over the same module instantiated and run in one process without
 * a network; `gatewayMsMedian`: what the gateway adds to the call; `callsPerSecondPerCore`: calls for each second of
 * processor time that the server and its sandboxes take; `idleFunctionMiB`: private memory of the process of a function
 * that waits for its first call: V8 with two threads (two isolates) and the compiled module. A peer's is that of its whole
 * process, which serves many functions.
 */
export async function run(): Promise<Measurement> {
  const { net, remove } = await startNetwork({
    epochDuration: 30,
    nodes: [{ account: "provider1", units: 4, ask: "0.001", regionGroup: 4, country: "DE" }],
  });
  const peers = await startPeers(join(root, ".millrace/bench-peers"));
  try {
    const [node] = net.nodes;
    if (node === undefined) throw new Error("the devnet has no node");
    const oneWorker = { deposit: "1", changes: { targetWorkers: 1 } };
    const { deal } = await deployEcho(net, oneWorker);
    const target = `${node.endpoint}/v1/deals/${deal}/call`;
    const medians = await medianMs({
      inProcess: await callInProcess(),
      node: () => callHttp(target),
      gateway: () => callHttp(`${net.gatewayUrl}/run/${deal}`),
      workerd: () => callHttp(peers.workerd.url),
      "node:http": () => callHttp(peers["node:http"].url),
    });
    const busiest = loadavg()[0] ?? 0;
    const callsPerSecondPerCore = await callsPerCpuSecond(node.service.pid, target);
    const before = new Set(await processTree(node.service.pid));
    await deployEcho(net, oneWorker);
    await delay(idleMs);
    const added = (await processTree(node.service.pid)).filter((pid) => !before.has(pid));
    const idle = await Promise.all(added.map(privateMiB));
    return {
      figures: {
        callMsMedian: medians.node,
        inProcessMsMedian: medians.inProcess,
        overheadMsMedian: round(medians.node - medians.inProcess),
        gatewayMsMedian: round(medians.gateway - medians.node),
        callsPerSecondPerCore,
        idleFunctionMiB: round(idle.reduce((sum, size) => sum + size, 0)),
      },
      note: `Load average ${busiest.toFixed(1)} on ${cpus().length} cores, ${(await isRealTime()) ? "measured with real-time priority (chrt -r 5)" : "measured with normal priority"}.`,
      peers: {
        "workerd 2026-10-23 (one isolate for all calls)": {
          callMsMedian: medians.workerd,
          callsPerSecondPerCore: await callsPerCpuSecond(peers.workerd.pid, peers.workerd.url),
          idleFunctionMiB: round(await privateMiB(peers.workerd.pid)),
        },
        "node:http (no isolation)": {
          callMsMedian: medians["node:http"],
          callsPerSecondPerCore: await callsPerCpuSecond(peers["node:http"].pid, peers["node:http"].url),
          idleFunctionMiB: round(await privateMiB(peers["node:http"].pid)),
        },
      },
    };
  } finally {
    agent.destroy();
    await Promise.all(Object.values(peers).map((peer) => peer.stop()));
    await remove();
  }
}

/** The median of each way of calling, in milliseconds. */
async function medianMs<Name extends string>(ways: Record<Name, Call>): Promise<Record<Name, number>> {
  const entries = Object.entries(ways) as [Name, Call][];
  const durations = new Map<Name, number[]>(entries.map(([name]) => [name, []]));
  for (let turn = -warmUp; turn < timed; turn += 1) {
    for (const [name, call] of entries) {
      const before = performance.now();
      await call();
      if (turn >= 0) durations.get(name)?.push(performance.now() - before);
    }
  }
  return Object.fromEntries(
    entries.map(([name]) => {
      const sorted = (durations.get(name) ?? []).sort((a, b) => a - b);
      return [name, round(sorted[Math.floor(sorted.length / 2)] ?? Number.NaN)];
    }),
  ) as Record<Name, number>;
}

/** Posts a new body and checks that it comes back. */
async function callHttp(url: string): Promise<void> {
  const body = randomBytes(bodyBytes / 2).toString("hex");
  const outgoing = request(url, { method: "POST", agent, headers: { "content-type": "text/plain" } });
  outgoing.end(body);
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of response) text += String(chunk);
  if (response.statusCode !== 200 || !text.endsWith(body))
    throw new Error(`${url} answered ${response.statusCode ?? 0}: ${text.slice(0, 200)}`);
}

/** The same function in this process: a fresh instance for each call, no other process, no network. */
async function callInProcess(): Promise<Call> {
  const manifest = parseManifest({ name: "echo" });
  const wasm = await readFile(join(root, "sandbox/test/fixtures/echo.wasm"));
  const prepared = prepare(wasm, { maxPages: manifest.limits.memoryMiB * 16 });
  const { pages, maxPages } = prepared.program;
  const module = await WebAssembly.compile(prepared.module);
  const runner = createNativeRunner({ module, pages, maxPages }, createNativeSpaces());
  const limits = { timeoutMs: 10_000, outputBytes: 2 ** 24, memoryBytes: 2 ** 27 };
  const fuelLimit = BigInt(manifest.limits.fuel);
  return () => {
    const request = {
      requestId: "r",
      method: "POST",
      path: "/",
      query: "",
      headers: { host: "bench.example" },
    };
    const body = Buffer.from(randomBytes(bodyBytes / 2).toString("hex"));
    const env = cgiEnvironment({ ...request, body }, manifest);
    const call = { args: ["echo"], env, stdin: body, acceptedAtMs: Date.now(), seed: randomBytes(32) };
    const input = encodeInput({ ...call, outputBytes: limits.outputBytes });
    const { result } = runProgram({ runner, program: { input, fuelLimit }, limits });
    if (result.outcome !== "ok") throw new Error(`the function ended with ${result.outcome}`);
    return Promise.resolve();
  };
}

/** Calls with several callers at a time, for each second of processor time that the server's processes took. */
async function callsPerCpuSecond(pid: number, url: string): Promise<number> {
  const before = await cpuSeconds(pid);
  let left = loaded;
  await Promise.all(
    Array.from({ length: callersUnderLoad }, async () => {
      while ((left -= 1) >= 0) await callHttp(url);
    }),
  );
  return Math.round(loaded / ((await cpuSeconds(pid)) - before));
}
