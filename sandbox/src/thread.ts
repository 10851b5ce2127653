import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import { createNativeRunner, createNativeSpaces, encodeInput } from "@millrace/machine/native";
import type { ThreadData, ThreadMessage, ThreadRequest } from "./protocol.ts";
import { runProgram } from "./run-program.ts";

// Instances leave their memories to the garbage collector, which does not feel their weight early enough:
// collect by hand, between two calls, once this many bytes lie dead.
const COLLECT_AFTER_BYTES = 64 * 2 ** 20;
/** Enough for a runtime to come to its script: a few milliseconds. */
const WARM_FUEL = 20_000_000n;

if (parentPort === null) throw new Error("thread.ts runs as a worker thread only.");
const port = parentPort;
const { program: compiled, output, warm } = workerData as ThreadData;
const spaces = createNativeSpaces(output);
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
let deadBytes = 0;
let run: ((request: ThreadRequest & { type: "run" }) => void) | undefined;

const send = (message: ThreadMessage, transfer: ArrayBuffer[] = []): void =>
  port.postMessage(message, transfer);

/** Runs the module once without a script: V8 compiles a function when it is called for the first time. */
function warmUp(): void {
  const nothing = new Uint8Array(0);
  const call = { args: [""], env: [], stdin: nothing, acceptedAtMs: 0, seed: new Uint8Array(32) };
  createNativeRunner(compiled, spaces).run(encodeInput({ ...call, outputBytes: 0 }), WARM_FUEL);
}

function open({ script, limits }: ThreadRequest & { type: "open" }): void {
  const runner = createNativeRunner({ ...compiled, script }, spaces);
  run = ({ program }) => {
    const { result, memoryBytes } = runProgram({ runner, program, limits });
    send({ type: "result", result }, [result.output.buffer as ArrayBuffer]);
    deadBytes += memoryBytes;
    if (deadBytes < COLLECT_AFTER_BYTES) return;
    collectGarbage();
    deadBytes = 0;
  };
}

port.on("message", (request: ThreadRequest) => {
  if (request.type === "open") open(request);
  else run?.(request);
});
if (warm) warmUp();
send({ type: "ready" });
