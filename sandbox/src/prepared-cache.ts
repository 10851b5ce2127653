import { createHash } from "node:crypto";
import type { PreparedModule, Source } from "./protocol.ts";

/** A module that nobody opens for this many others is prepared again. */
const MOST_MODULES = 16;

/** Prepared modules of this process: preparing takes up to a second a MiB. */
export interface PreparedCache {
  /** What a process should start with. */
  source(wasm: Uint8Array, maxPages: number): Source;
  add(wasm: Uint8Array, maxPages: number, prepared: PreparedModule): void;
}

/** Makes an empty cache. */
export function createPreparedCache(): PreparedCache {
  // A map keeps the order in which its keys were set: the first is the one that was used least recently.
  const modules = new Map<string, PreparedModule>();
  const keyOf = (wasm: Uint8Array, maxPages: number): string =>
    `${createHash("sha256").update(wasm).digest("hex")} ${maxPages}`;
  function use(key: string, prepared: PreparedModule): void {
    modules.delete(key);
    modules.set(key, prepared);
    const [oldest] = modules.keys();
    if (modules.size > MOST_MODULES && oldest !== undefined) modules.delete(oldest);
  }
  return {
    source(wasm, maxPages) {
      const key = keyOf(wasm, maxPages);
      const prepared = modules.get(key);
      if (prepared === undefined) return { type: "module", wasm, maxPages };
      use(key, prepared);
      return { type: "prepared", prepared };
    },
    add: (wasm, maxPages, prepared) => use(keyOf(wasm, maxPages), prepared),
  };
}
