import { readFileSync } from "node:fs";
import { embedManifest, parseManifest } from "@millrace/machine";

/** A module of the sandbox's fixtures with settings of its millrace.json. */
export function fixtureModule(name: string, settings: object = {}): Uint8Array {
  const wasm = readFileSync(new URL(`../../../sandbox/test/fixtures/${name}.wasm`, import.meta.url));
  return embedManifest(wasm, parseManifest({ name, ...settings }));
}
