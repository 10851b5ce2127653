import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { PreparedModule } from "./protocol.ts";

/** All prepared modules together, in bytes. */
const CAPACITY_BYTES = 64 * 2 ** 20;

/** A prepared module and what it is known by. */
export interface KnownModule {
  /** The same for the same module with the same limit of its memory. */
  key: string;
  prepared: PreparedModule;
}

/** Prepared modules of this process: preparing takes up to a second a MiB. */
export interface PreparedCache {
  /** What is known of a module, or becomes known now; who asks meanwhile waits for the same. */
  get(wasm: Uint8Array, maxPages: number): Promise<KnownModule>;
}

/** Makes an empty cache. @param prepare makes what is not known; what it throws is thrown, and not kept */
export function createPreparedCache(
  prepare: (wasm: Uint8Array, maxPages: number) => Promise<PreparedModule>,
): PreparedCache {
  const modules = new LRUCache<string, PreparedModule>({
    maxSize: CAPACITY_BYTES,
    sizeCalculation: ({ module }) => module.length,
  });
  const coming = new Map<string, Promise<PreparedModule>>();

  async function make(key: string, wasm: Uint8Array, maxPages: number): Promise<PreparedModule> {
    try {
      const prepared = await prepare(wasm, maxPages);
      modules.set(key, prepared);
      return prepared;
    } finally {
      coming.delete(key);
    }
  }
  return {
    async get(wasm, maxPages) {
      const key = `${createHash("sha256").update(wasm).digest("hex")} ${maxPages}`;
      const known = modules.get(key);
      if (known !== undefined) return { key, prepared: known };
      const started = coming.get(key) ?? make(key, wasm, maxPages);
      coming.set(key, started);
      return { key, prepared: await started };
    },
  };
}
