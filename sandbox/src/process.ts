import type { Job, ParentMessage, ProcessMessage } from "./protocol.ts";
import { createThreadPool } from "./thread-pool.ts";

let submit: ((job: Job) => void) | undefined;

function send(message: ProcessMessage): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

async function open(message: ParentMessage & { type: "open" }): Promise<void> {
  let module: WebAssembly.Module;
  try {
    module = await WebAssembly.compile(message.wasm);
  } catch (error) {
    send({ type: "refused", message: error instanceof Error ? error.message : String(error) });
    return;
  }
  let isReady = false;
  const { threads, limits } = message;
  submit = createThreadPool({
    ...{ module, threads, limits },
    onReady: () => {
      if (!isReady) send({ type: "ready" });
      isReady = true;
    },
    onResult: (result) => send({ type: "result", result }),
  });
}

process.on("message", (message: ParentMessage) => {
  if (message.type === "open") void open(message);
  else submit?.(message.job);
});
// The parent is gone, however it ended: leave nothing behind.
process.on("disconnect", () => process.exit());
