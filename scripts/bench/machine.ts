/**
 * What the deterministic machine costs: kernels instrumented against the same modules as they came, the interpreter, proofs, and
 * preparing. The same modules run on node:wasi and on workerd in the same run, by turns.
 */
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import wabt from "wabt";
import { prepare } from "../../machine/src/prepare.ts";
import { runDeep } from "../../machine/test/paths/deep-thread.ts";
import { median, round } from "./figures.ts";
import type { Measurement } from "../bench.ts";
import { installWorkerd, startWorkerd } from "./callPeers.ts";
import type { Peer } from "./callPeers.ts";
import type { CompiledProgram } from "./machine/calls.ts";
import { readKernels } from "./machine/kernels.ts";
import type { Kernel } from "./machine/kernels.ts";
import { fastestMs, prepareMsPerMB, throughHttp } from "./machine/overhead.ts";
import { isRealTime } from "./processes.ts";
import { measureRoot, measureSteps, measureWitness } from "./machine/replay.ts";
import { throughMachine, throughNodeWasi, throughPlain } from "./machine/ways.ts";

const MAX_PAGES = 1_024;
/** Turns of sha256 that take more than 10^9 steps. */
const WITNESS_TURNS = 220;
const FIRST_CALLS = 7;
const callsFile = new URL("machine/calls.ts", import.meta.url).href;
const folder = join(import.meta.dirname, "machine");

type Ways = "machine" | "plain" | "node:wasi" | "workerd";

/**
 * Measures. `nativeOverheadMedian`: the median over the kernels of the instrumented module's fastest run divided by the plain
 * one's (`…Ratio` each); `…Ms`: the fastest run of a kernel; `stepsPerSecond` and `stepsPerWasmInstruction`: medians over the kernels
 * in the interpreter; `rootOf4MiBMs`: the Merkle root of 4 MiB of memory; `witnessSeconds`: a run of over 10^9 steps and
 * the witness of one of them; `prepareMsPerMB`: all kernels in a new process; `coldStartMs`: from a compiled module to its first output in a
 * new thread; `warmCallUs`: an empty program, called again and again in one thread.
 */
export async function run(): Promise<Measurement> {
  const scratch = await mkdtemp(join(tmpdir(), "millrace-bench-"));
  const kernels = await readKernels();
  const empty = await emptyProgram();
  const workerdFolder = join(import.meta.dirname, "../../.millrace/bench-peers");
  await installWorkerd(workerdFolder);
  const config = await writeWorkerdFiles(join(workerdFolder, "machine"), empty.wasm);
  const coldWorkerdMs = await startMs(workerdFolder, config);
  const workerd = await startWorkerd(workerdFolder, config);
  try {
    const kernelMs = await measureKernels(kernels, workerd, scratch);
    const ratios = Object.values(kernelMs).map(({ machine, plain }) => machine / plain);
    const steps = [];
    for (const kernel of kernels) steps.push(await measureSteps(kernel, MAX_PAGES));
    const sha256 = kernels.find(({ name }) => name === "sha256") as Kernel;
    const witness = measureWitness(sha256, WITNESS_TURNS, MAX_PAGES);
    const files = kernels.map(({ name }) => join(folder, `kernels/build/${name}.wasm`));
    const warmWorkerd = await fastestMs(
      { ...empty, turns: 0 },
      { workerd: throughHttp(workerd.url, "empty") },
    );
    const calls = async (way: CompiledProgram["way"]) => ({
      coldStartMs: round(await medianFirstCall(sha256, way, scratch)),
      warmCallUs: round(await runDeep<number>(callsFile, "measureWarmCall", compile(empty, way, scratch))),
    });
    const msOf = (way: Ways): Record<string, number> =>
      Object.fromEntries(Object.entries(kernelMs).map(([name, ms]) => [`${name}Ms`, round(ms[way])]));
    return {
      figures: {
        nativeOverheadMedian: round(median(ratios)),
        ...Object.fromEntries(
          Object.keys(kernelMs).map((name, at) => [`${name}Ratio`, round(ratios[at] ?? 0)]),
        ),
        ...msOf("machine"),
        stepsPerSecond: Math.round(median(steps.map(({ perSecond }) => perSecond))),
        stepsPerWasmInstruction: round(median(steps.map(({ perInstruction }) => perInstruction))),
        rootOf4MiBMs: round(measureRoot()),
        witnessSeconds: round(witness.seconds),
        witnessRunSteps: witness.steps,
        prepareMsPerMB: round(prepareMsPerMB(files, MAX_PAGES)),
        ...(await calls("machine")),
      },
      peers: {
        "V8 alone": { ...msOf("plain"), ...(await calls("plain")) },
        "node:wasi": { ...msOf("node:wasi"), ...(await calls("node:wasi")) },
        "workerd 2026-10-23 (over HTTP; its cold start is a process)": {
          ...msOf("workerd"),
          coldStartMs: round(coldWorkerdMs),
          warmCallUs: round(warmWorkerd.workerd * 1_000),
        },
      },
      note: `Load average ${(loadavg()[0] ?? 0).toFixed(1)} on ${cpus().length} cores, ${(await isRealTime()) ? "measured with real-time priority (chrt -r 5)" : "measured with normal priority"}.`,
    };
  } finally {
    await workerd.stop();
    await rm(scratch, { recursive: true, force: true });
  }
}

async function measureKernels(
  kernels: Kernel[],
  workerd: Peer,
  scratch: string,
): Promise<Record<string, Record<Ways, number>>> {
  const measured: Record<string, Record<Ways, number>> = {};
  for (const kernel of kernels) {
    const prepared = prepare(kernel.wasm, { maxPages: MAX_PAGES });
    const plain = new WebAssembly.Module(kernel.wasm);
    measured[kernel.name] = await fastestMs<Ways>(kernel, {
      plain: throughPlain(plain),
      machine: throughMachine(prepared, new WebAssembly.Module(prepared.module)),
      "node:wasi": throughNodeWasi(new WebAssembly.Module(kernel.wasm), scratch),
      workerd: throughHttp(workerd.url, kernel.name),
    });
  }
  return measured;
}

/** A new module each time, so that V8 has not compiled its functions for an earlier call. */
async function medianFirstCall(
  kernel: Kernel,
  way: CompiledProgram["way"],
  scratch: string,
): Promise<number> {
  const times: number[] = [];
  for (let turn = 0; turn < FIRST_CALLS; turn += 1)
    times.push(await runDeep<number>(callsFile, "measureFirstCall", compile(kernel, way, scratch)));
  return median(times);
}

function compile({ wasm }: Kernel, way: CompiledProgram["way"], scratch: string): CompiledProgram {
  const { module, program } = prepare(wasm, { maxPages: MAX_PAGES });
  const { pages, maxPages } = program;
  const compiled = new WebAssembly.Module(way === "machine" ? module : wasm);
  return { way, module: compiled, pages, maxPages, folder: scratch };
}

async function emptyProgram(): Promise<Kernel> {
  const text = `(module (memory (export "memory") 1) (func (export "_start")))`;
  return { name: "empty", turns: 0, wasm: (await wabt()).parseWat("empty.wat", text).toBinary({}).buffer };
}

/** @returns the path of the configuration */
async function writeWorkerdFiles(to: string, empty: Uint8Array): Promise<string> {
  await mkdir(to, { recursive: true });
  for (const file of ["config.capnp", "worker.js"])
    await copyFile(join(folder, "workerd", file), join(to, file));
  for (const { name, wasm } of await readKernels()) await writeFile(join(to, `${name}.wasm`), wasm);
  await writeFile(join(to, "empty.wasm"), empty);
  await writeFile(
    join(to, "plain.js"),
    stripTypeScriptTypes(await readFile(join(folder, "plain.ts"), "utf8")),
  );
  return join(to, "config.capnp");
}

/** From the start of workerd's process to its first answer, in milliseconds. */
async function startMs(workerdFolder: string, config: string): Promise<number> {
  const start = performance.now();
  const peer = await startWorkerd(workerdFolder, config);
  await throughHttp(peer.url, "sha256")(0);
  const ms = performance.now() - start;
  await peer.stop();
  return ms;
}
