import { readFileSync } from "node:fs";
import { buildScriptModule, embedManifest, parseManifest } from "@millrace/machine";

/** A module of the sandbox's fixtures with settings of its millrace.json. */
export function fixtureModule(name: string, settings: object = {}): Uint8Array {
  return embedManifest(fixtureBytes(name), parseManifest({ name, ...settings }));
}

/** A module of the sandbox's fixtures as the compiler wrote it. */
export function fixtureBytes(name: string): Uint8Array {
  return readFileSync(new URL(`../../../sandbox/test/fixtures/${name}.wasm`, import.meta.url));
}

/** A script's module; who runs it does not look at the runtime's CID again. */
export function scriptModule(script: string, settings: object = {}): Uint8Array {
  const manifest = parseManifest({ name: "script", runtime: `bafkrei${"a".repeat(52)}`, ...settings });
  return buildScriptModule(new TextEncoder().encode(script), manifest);
}
