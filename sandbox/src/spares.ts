import { LRUCache } from "lru-cache";
import { startChild } from "./child.ts";
import type { Child } from "./child.ts";
import type { KnownModule } from "./prepared-cache.ts";

/** Processes that have loaded a runtime and wait for a script. */
export interface Spares {
  /** A process for a module: the waiting one, if there is one, which is then replaced; or a new one. */
  take(module: KnownModule): Child;
  /** Starts a process for a module, unless one waits; the one that was not asked for longest goes when they are too many. */
  keep(module: KnownModule): void;
  /** Settles when what was started so far has loaded. */
  settled(): Promise<void>;
  close(): void;
}

/** @param most how many wait at the same time, each of another module or memory limit; 0: none ever does */
export function createSpares(most: number): Spares {
  let isClosed = false;
  const waiting = new LRUCache<string, Child>({
    max: Math.max(1, most),
    // `take` deletes what it uses; everything else is done with.
    dispose: (child, _key, reason) => {
      if (reason !== "delete") child.kill();
    },
  });

  function keep({ key, prepared }: KnownModule): void {
    if (most === 0 || isClosed || waiting.get(key) !== undefined) return;
    const child = startChild(prepared, { warm: true });
    child.hold(false);
    waiting.set(key, child);
    // One that ends by itself is replaced when the next script is opened.
    void child.loaded.then((isLoaded) => {
      if (!isLoaded && waiting.peek(key) === child) waiting.delete(key);
    });
  }

  return {
    keep,
    take({ key, prepared }) {
      const child = waiting.get(key);
      if (child === undefined) return startChild(prepared);
      waiting.delete(key);
      child.hold(true);
      return child;
    },
    async settled() {
      await Promise.all([...waiting.values()].map(({ loaded }) => loaded));
    },
    close() {
      isClosed = true;
      for (const child of waiting.values()) child.kill();
      waiting.clear();
    },
  };
}
