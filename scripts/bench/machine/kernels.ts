/** The kernels that the machine is measured with: kernels/build.sh builds them. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeInput } from "../../../machine/src/call/encode-input.ts";

/** How often each does its work, so that one run natively takes some 100 ms. */
const TURNS: Record<string, number> = { sha256: 60, matrix: 40, sort: 8, regex: 40, json: 20 };

/** A WASI program that reads from standard input how often it does its work. */
export interface Kernel {
  name: string;
  wasm: Uint8Array;
  /** Its usual number of turns. */
  turns: number;
}

/** Reads all of them. */
export function readKernels(): Promise<Kernel[]> {
  return Promise.all(
    Object.entries(TURNS).map(async ([name, turns]) => ({
      name,
      turns,
      wasm: await readFile(join(import.meta.dirname, `kernels/build/${name}.wasm`)),
    })),
  );
}

/** The standard input that asks for a number of turns. */
export function stdinFor(turns: number): Uint8Array {
  return new TextEncoder().encode(String(turns));
}

/** The same as the machine's input space. */
export function inputFor(turns: number): Uint8Array {
  return encodeInput({
    ...{ args: ["program"], env: [], acceptedAtMs: 0, seed: new Uint8Array(32) },
    ...{ stdin: stdinFor(turns), outputBytes: 2 ** 20 },
  });
}
