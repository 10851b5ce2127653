/** How long the kernels run: instrumented, as they came, and on the peers; the ways take turns. */
import { spawnSync } from "node:child_process";
import { stdinFor } from "./kernels.ts";
import type { Kernel } from "./kernels.ts";
import type { Way } from "./ways.ts";

/** Enough for V8 to have replaced its first code by the optimised one. */
const WARM_UP = 8;
const TURNS = 15;

/** A way that may take its time elsewhere, e.g. in another process. */
export type AnyWay = Way | ((turns: number) => Promise<Uint8Array>);

/**
 * The fastest run of each way, in milliseconds: whatever else the computer does only makes runs slower.
 * @throws if a way gives another output than the first
 */
export async function fastestMs<Name extends string>(
  { name, turns }: Kernel,
  ways: Record<Name, AnyWay>,
): Promise<Record<Name, number>> {
  const entries = Object.entries(ways) as [Name, AnyWay][];
  const fastest = Object.fromEntries(entries.map(([way]) => [way, Infinity])) as Record<Name, number>;
  for (let turn = -WARM_UP; turn < TURNS; turn += 1) {
    let expected: Uint8Array | undefined;
    for (const [way, run] of entries) {
      const start = performance.now();
      const output = await run(turns);
      const ms = performance.now() - start;
      expected ??= output;
      if (!Buffer.from(output).equals(expected)) throw new Error(`${name} gives another output on ${way}`);
      if (turn >= 0) fastest[way] = Math.min(fastest[way], ms);
    }
  }
  return fastest;
}

/** A program of workerd, called over HTTP. */
export function throughHttp(url: string, name: string): AnyWay {
  return async (turns) => {
    const response = await fetch(new URL(name, url), { method: "POST", body: stdinFor(turns) });
    if (!response.ok) throw new Error(`workerd answered ${response.status}: ${await response.text()}`);
    return new Uint8Array(await response.arrayBuffer());
  };
}

/** What a process of its own takes to prepare the files, one after the other, for the first time: milliseconds a MB (10^6 bytes) of module. */
export function prepareMsPerMB(files: readonly string[], maxPages: number): number {
  const prepareModule = new URL("../../../machine/src/prepare.ts", import.meta.url).href;
  const script = `
    import { readFileSync } from "node:fs";
    import { prepare } from ${JSON.stringify(prepareModule)};
    const modules = ${JSON.stringify(files)}.map((file) => readFileSync(file));
    const start = performance.now();
    for (const wasm of modules) prepare(wasm, { maxPages: ${maxPages} });
    const ms = performance.now() - start;
    console.log(ms / (modules.reduce((sum, { length }) => sum + length, 0) / 1e6));`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
    encoding: "utf8",
  });
  if (stdout === "") throw new Error(`preparing failed: ${stderr}`);
  return Number(stdout);
}
