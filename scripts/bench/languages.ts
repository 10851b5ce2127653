/**
 * What a function costs in each language: the hellos that `millrace function init` starts from, greeting somebody, in the sandbox as on a
 * node. workerd runs the same JavaScript handler in the same run.
 */
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { PAGES_PER_MIB } from "@millrace/machine";
import { prepare } from "@millrace/machine/prepare";
import { createSandboxes } from "@millrace/sandbox";
import type { CallRequest, Sandbox, Sandboxes } from "@millrace/sandbox";
import { buildProject } from "../../cli/src/function/build.ts";
import { readProject } from "../../cli/src/function/project.ts";
import type { BuiltModule } from "../../cli/src/function/project.ts";
import { median, round } from "./figures.ts";
import type { Measurement } from "../bench.ts";
import { installWorkerd, startWorkerd } from "./callPeers.ts";
import { isRealTime } from "./processes.ts";

const root = join(import.meta.dirname, "../..");
/** Languages by the name their figures begin with. Scripts are built, modules of the others are taken as they are committed. */
const languages: Record<string, { folder: string; isScript: boolean }> = {
  javascript: { folder: "starters/js", isScript: true },
  python: { folder: "starters/python", isScript: true },
  rust: { folder: "examples/hello-rust", isScript: false },
  cpp: { folder: "examples/hello-cpp", isScript: false },
  as: { folder: "examples/hello-assemblyscript", isScript: false },
};
const COLD_STARTS = 9;
const WARM_CALLS = 500;

/**
 * Measures, for each language that is there: `…ColdMs`, from opening a function whose runtime (or module) this computer knows to its first
 * answer, a median, and its parts: `…ColdOpenMs` until the process can be called, `…ColdCallMs` the first call; `…ColdAloneMs`, the same where no process waits
 * with the runtime; `…WarmMs`, a later call, from outside of the process, and `…WarmRunMs` in its thread, medians; `…PrepareMs`, once for each runtime or module on a
 * computer; `…ModuleMiB`, the runtime's or the module's size; `…Fuel` of a call, in units.
 */
export async function run(): Promise<Measurement> {
  const scratch = await mkdtemp(join(tmpdir(), "millrace-bench-"));
  // A process that waits for a script does not keep this one running.
  const alive = setInterval(() => undefined, 1_000);
  try {
    const figures: Record<string, number> = {};
    for (const [name, { folder, isScript }] of Object.entries(languages)) {
      if (!existsSync(join(root, folder, "millrace.json"))) continue;
      const copy = join(scratch, basename(folder));
      await cp(join(root, folder), copy, { recursive: true });
      const measured = await measureLanguage(
        await buildProject(await readProject(copy), { compile: isScript }),
      );
      for (const [key, value] of Object.entries(measured)) figures[name + key] = value;
    }
    return {
      figures,
      peers: {
        "workerd 2026-10-23 (over HTTP; its cold start is a process)": await measureWorkerd(
          join(scratch, "js"),
        ),
      },
      note: `Load average ${(loadavg()[0] ?? 0).toFixed(1)} on ${cpus().length} cores, ${(await isRealTime()) ? "measured with real-time priority (chrt -r 5)" : "measured with normal priority"}.`,
    };
  } finally {
    clearInterval(alive);
    await rm(scratch, { recursive: true, force: true });
  }
}

async function measureLanguage({ module, manifest, runtime }: BuiltModule): Promise<Record<string, number>> {
  const wasm = runtime?.wasm ?? module;
  const begin = performance.now();
  prepare(wasm, { maxPages: manifest.limits.memoryMiB * PAGES_PER_MIB });
  const prepareMs = performance.now() - begin;
  const open = (sandboxes: Sandboxes): Promise<Sandbox> =>
    sandboxes.open({ module, ...(runtime && { runtime: runtime.wasm }), threads: 1 });

  const [waiting, alone] = [createSandboxes({ spares: 1 }), createSandboxes()];
  try {
    // The first time the module is prepared, and a process begins to wait.
    await (await open(waiting)).close();
    const cold = await measureColdStarts(waiting, open);
    const coldAlone = await measureColdStarts(alone, open);
    const warm = await measureWarm(await open(alone));
    return {
      ColdMs: round(median(cold.map(({ openMs, callMs }) => openMs + callMs))),
      ColdOpenMs: round(median(cold.map(({ openMs }) => openMs))),
      ColdCallMs: round(median(cold.map(({ callMs }) => callMs))),
      ColdAloneMs: round(median(coldAlone.map(({ openMs, callMs }) => openMs + callMs))),
      ...warm,
      PrepareMs: round(prepareMs),
      ModuleMiB: round(wasm.length / 2 ** 20),
    };
  } finally {
    waiting.close();
    alone.close();
  }
}

async function measureColdStarts(
  sandboxes: Sandboxes,
  open: (sandboxes: Sandboxes) => Promise<Sandbox>,
): Promise<{ openMs: number; callMs: number }[]> {
  const times = [];
  for (let turn = 0; turn < COLD_STARTS; turn += 1) {
    await sandboxes.settled();
    const begin = performance.now();
    const sandbox = await open(sandboxes);
    const opened = performance.now();
    await greet(sandbox, turn);
    times.push({ openMs: opened - begin, callMs: performance.now() - opened });
    await sandbox.close();
  }
  return times;
}

async function measureWarm(sandbox: Sandbox): Promise<Record<string, number>> {
  const [outside, inside]: [number[], number[]] = [[], []];
  let fuel = 0n;
  for (let call = 0; call < WARM_CALLS; call += 1) {
    const begin = performance.now();
    const { durationMs, fuelUsed } = await greet(sandbox, call);
    // The first half makes V8 optimize what is used.
    if (call >= WARM_CALLS / 2) {
      outside.push(performance.now() - begin);
      inside.push(durationMs);
    }
    fuel = fuelUsed ?? 0n;
  }
  await sandbox.close();
  return { WarmMs: round(median(outside)), WarmRunMs: round(median(inside)), Fuel: Number(fuel) };
}

async function greet(sandbox: Sandbox, number: number) {
  const body = new TextEncoder().encode(nameOf(number));
  const request: CallRequest = {
    ...{
      requestId: "bench",
      method: "POST",
      path: "/greet",
      query: "from=bench",
      headers: { host: "localhost" },
      body,
    },
  };
  const result = await sandbox.call(request);
  const text = new TextDecoder().decode(result.answer?.body);
  if (!text.includes(`Hello, ${nameOf(number)}!`))
    throw new Error(`Not greeted: ${result.outcome} ${result.stderr}${text}`);
  return result;
}

function nameOf(number: number): string {
  return `Ada ${String(number).padStart(4, "0")}`;
}

/** @param folder of the function in JavaScript, built */
async function measureWorkerd(folder: string): Promise<Record<string, number>> {
  const peers = join(root, ".millrace/bench-peers");
  await installWorkerd(peers);
  const own = join(peers, "languages");
  await mkdir(own, { recursive: true });
  await cp(join(folder, "build/index.js"), join(own, "index.js"));
  await cp(join(import.meta.dirname, "languages/config.capnp"), join(own, "config.capnp"));
  const call = async (url: string, number: number): Promise<number> => {
    const begin = performance.now();
    const response = await fetch(`${url}greet?from=bench`, { method: "POST", body: nameOf(number) });
    if (!(await response.text()).includes(`Hello, ${nameOf(number)}!`))
      throw new Error("workerd did not greet.");
    return performance.now() - begin;
  };
  const [cold, warm]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < COLD_STARTS; turn += 1) {
    const begin = performance.now();
    const peer = await startWorkerd(peers, join(own, "config.capnp"));
    await call(peer.url, turn);
    cold.push(performance.now() - begin);
    if (turn === 0) for (let at = 0; at < WARM_CALLS; at += 1) warm.push(await call(peer.url, at));
    await peer.stop();
  }
  return {
    javascriptColdMs: round(median(cold)),
    javascriptWarmMs: round(median(warm.slice(WARM_CALLS / 2))),
  };
}
