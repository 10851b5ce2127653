import type {
  CompiledProgram,
  Job,
  ParentMessage,
  PreparedModule,
  ProcessMessage,
  Refusal,
  Source,
} from "./protocol.ts";
import { createThreadPool } from "./thread-pool.ts";

let submit: ((job: Job) => void) | undefined;

function send(message: ProcessMessage): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

async function open(message: ParentMessage & { type: "open" }): Promise<void> {
  const { source, threads, limits } = message;
  const prepared = source.type === "prepared" ? source.prepared : await prepareHere(source);
  if (prepared === undefined) return;
  const { pages, maxPages, commitment } = prepared;
  const program: CompiledProgram = { pages, maxPages, module: await WebAssembly.compile(prepared.module) };
  let isReady = false;
  submit = createThreadPool({
    ...{ program, threads, limits },
    onReady: () => {
      if (!isReady) send({ type: "ready", commitment });
      isReady = true;
    },
    onResult: (result) => send({ type: "result", result }),
  });
}

/** Prepares a module and tells the parent, for the next process; tells it, too, when it cannot be prepared. */
async function prepareHere(source: Source & { type: "module" }): Promise<PreparedModule | undefined> {
  // A process that gets a prepared module does without the code that prepares.
  const { MachineError, nameFunctions, prepare } = await import("@millrace/machine/prepare");
  try {
    const { module, program, commitment } = prepare(source.wasm, { maxPages: source.maxPages });
    const { pages, maxPages } = program;
    const prepared = { module: nameFunctions(source.wasm, module), commitment, pages, maxPages };
    send({ type: "prepared", prepared });
    return prepared;
  } catch (error) {
    if (!(error instanceof MachineError)) throw error;
    const { code, message, nextStep, offset, feature } = error;
    const refusal: Refusal = { code, message, nextStep, offset, feature };
    send({ type: "refused", refusal });
    return undefined;
  }
}

process.on("message", (message: ParentMessage) => {
  if (message.type === "open") void open(message);
  else submit?.(message.job);
});
// The parent is gone, however it ended: leave nothing behind.
process.on("disconnect", () => process.exit());
