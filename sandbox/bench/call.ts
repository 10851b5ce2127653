import { readFileSync } from "node:fs";
import { embedManifest, parseManifest } from "@millrace/machine";
import { createNativeRunner, createNativeSpaces, encodeInput } from "@millrace/machine/native";
import { prepare } from "@millrace/machine/prepare";
import { openSandbox } from "../src/index.ts";
import { cgiEnvironment } from "../src/cgi.ts";
import { runProgram } from "../src/run-program.ts";

// Prints what a warm call through the sandbox costs beside the same run in this process.
// Usage: node sandbox/bench/call.ts [--json]; prints one object {figures} either way.
const WARM_UP = 300;
const CALLS = 2_000;
const LARGE_CALLS = 30;
const MIB = 2 ** 20;

const manifest = parseManifest({ name: "echo" });
const wasm = readFileSync(new URL("../test/fixtures/echo.wasm", import.meta.url));
const makeRequest = (sizeBytes: number) => ({
  ...{ requestId: "bench", method: "POST", path: "/", query: "a=1", headers: { host: "bench.example" } },
  body: new Uint8Array(sizeBytes).fill(97),
});

async function measure(count: number, run: () => unknown): Promise<number[]> {
  for (let index = 0; index < Math.min(count, WARM_UP); index += 1) await run();
  const durations: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const before = performance.now();
    await run();
    durations.push((performance.now() - before) * 1_000);
  }
  return durations.sort((a, b) => a - b);
}
const quantile = (sorted: number[], share: number): number =>
  Math.round(sorted[Math.floor(sorted.length * share)] ?? NaN);

const openedAt = performance.now();
const sandbox = await openSandbox({ module: embedManifest(wasm, manifest) });
const openMs = Math.round(performance.now() - openedAt);
const small = makeRequest(100);
const warm = await measure(CALLS, () => sandbox.call(small));
const large = await measure(LARGE_CALLS, () => sandbox.call(makeRequest(MIB)));

const before = performance.now();
await Promise.all(Array.from({ length: CALLS }, () => sandbox.call(small)));
const callsPerSecond = Math.round((CALLS * 1_000) / (performance.now() - before));
await sandbox.close();

const prepared = prepare(wasm, { maxPages: manifest.limits.memoryMiB * 16 });
const { pages, maxPages } = prepared.program;
const module = await WebAssembly.compile(prepared.module);
const runner = createNativeRunner({ module, pages, maxPages }, createNativeSpaces());
const limits = { timeoutMs: 10_000, outputBytes: 16 * MIB, memoryBytes: 128 * MIB };
const seed = new Uint8Array(32);
const inProcess = await measure(CALLS, () => {
  const env = cgiEnvironment(small, manifest);
  const call = { args: [manifest.name], env, stdin: small.body, acceptedAtMs: Date.now(), seed };
  const input = encodeInput({ ...call, outputBytes: limits.outputBytes });
  return runProgram({ runner, program: { input, fuelLimit: BigInt(manifest.limits.fuel) }, limits });
});

const figures = {
  openMs,
  warmCallMedianUs: quantile(warm, 0.5),
  warmCallP99Us: quantile(warm, 0.99),
  inProcessMedianUs: quantile(inProcess, 0.5),
  overheadMedianUs: quantile(warm, 0.5) - quantile(inProcess, 0.5),
  warmCall1MiBMedianUs: quantile(large, 0.5),
  callsPerSecondOn2Threads: callsPerSecond,
};
console.log(JSON.stringify({ figures }));
