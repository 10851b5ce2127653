/** What a first call and an empty one take, in a thread of their own as in the sandbox. */
import { throughMachine, throughNodeWasi, throughPlain } from "./ways.ts";
import type { Way } from "./ways.ts";

const WARM_UP = 500;
const TIMED = 3_000;

/** A compiled program for one of the ways. */
export interface CompiledProgram {
  way: "machine" | "plain" | "node:wasi";
  module: WebAssembly.Module;
  /** first and most pages of its memory */
  pages: number;
  maxPages: number;
  /** for files of standard streams */
  folder: string;
}

function open({ way, module, pages, maxPages, folder }: CompiledProgram): Way {
  if (way === "plain") return throughPlain(module);
  if (way === "node:wasi") return throughNodeWasi(module, folder);
  return throughMachine({ program: { pages, maxPages } }, module);
}

/** From a compiled module to its first output, in milliseconds. */
export function measureFirstCall(program: CompiledProgram): number {
  const start = performance.now();
  if (open(program)(0).length === 0) throw new Error("the program wrote nothing");
  return performance.now() - start;
}

/** The median of calls one after the other, in microseconds. */
export function measureWarmCall(program: CompiledProgram): number {
  const call = open(program);
  const times: number[] = [];
  for (let turn = -WARM_UP; turn < TIMED; turn += 1) {
    const start = performance.now();
    call(0);
    if (turn >= 0) times.push(performance.now() - start);
  }
  return (times.sort((a, b) => a - b)[TIMED / 2] ?? Number.NaN) * 1_000;
}
