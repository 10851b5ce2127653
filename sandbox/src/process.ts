import { setFlagsFromString } from "node:v8";
import type { CompiledProgram, ParentMessage, PreparedModule, ProcessMessage } from "./protocol.ts";
import { createThreadPool } from "./thread-pool.ts";
import type { ThreadPool } from "./thread-pool.ts";

// A function's process: it loads a prepared module, becomes a function of it, and then runs calls.

const pool = Promise.withResolvers<ThreadPool>();

function send(message: ProcessMessage): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

async function load({ pages, maxPages, module }: PreparedModule, warm: boolean): Promise<void> {
  // What waits for a script has the time to compile all of its runtime, not only what it happens to call.
  if (warm) setFlagsFromString("--no-wasm-lazy-compilation");
  const program: CompiledProgram = { pages, maxPages, module: await WebAssembly.compile(module) };
  const threads = createThreadPool({
    ...{ program, warm },
    onReady: () => {
      send({ type: "loaded" });
      pool.resolve(threads);
    },
    onResult: (result) => send({ type: "result", result }),
  });
}

process.on("message", (message: ParentMessage) => {
  if (message.type === "load") void load(message.prepared, message.warm);
  else if (message.type === "call") void pool.promise.then((threads) => threads.submit(message.job));
  else
    void pool.promise.then((threads) => {
      threads.open(message.settings);
      send({ type: "ready" });
    });
});
// The parent is gone, however it ended: leave nothing behind.
process.on("disconnect", () => process.exit());
