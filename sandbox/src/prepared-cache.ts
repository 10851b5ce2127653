import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { PreparedModule, Source } from "./protocol.ts";

/** All prepared modules together, in bytes. */
const CAPACITY_BYTES = 64 * 2 ** 20;

/** Prepared modules of this process: preparing takes up to a second a MiB. */
export interface PreparedCache {
  /** What a process should start with. */
  source(wasm: Uint8Array, maxPages: number): Source;
  add(wasm: Uint8Array, maxPages: number, prepared: PreparedModule): void;
}

/** Makes an empty cache. */
export function createPreparedCache(): PreparedCache {
  const modules = new LRUCache<string, PreparedModule>({
    maxSize: CAPACITY_BYTES,
    sizeCalculation: ({ module }) => module.length,
  });
  const keyOf = (wasm: Uint8Array, maxPages: number): string =>
    `${createHash("sha256").update(wasm).digest("hex")} ${maxPages}`;
  return {
    source(wasm, maxPages) {
      const prepared = modules.get(keyOf(wasm, maxPages));
      return prepared === undefined ? { type: "module", wasm, maxPages } : { type: "prepared", prepared };
    },
    add: (wasm, maxPages, prepared) => void modules.set(keyOf(wasm, maxPages), prepared),
  };
}
