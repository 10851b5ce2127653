import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import { createNativeRunner, createNativeSpaces } from "@millrace/machine/native";
import type { Program, ThreadData, ThreadMessage } from "./protocol.ts";
import { runProgram } from "./run-program.ts";

// Instances leave their memories to the garbage collector, which does not feel their weight early enough:
// collect by hand, between two calls, once this many bytes lie dead.
const COLLECT_AFTER_BYTES = 64 * 2 ** 20;

if (parentPort === null) throw new Error("thread.ts runs as a worker thread only.");
const port = parentPort;
const { program: compiled, limits, output } = workerData as ThreadData;
const runner = createNativeRunner(compiled, createNativeSpaces(output));
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
let deadBytes = 0;

const send = (message: ThreadMessage, transfer: ArrayBuffer[] = []): void =>
  port.postMessage(message, transfer);

port.on("message", (program: Program) => {
  const { result, memoryBytes } = runProgram({ runner, program, limits });
  send({ type: "result", result }, [result.output.buffer as ArrayBuffer]);
  deadBytes += memoryBytes;
  if (deadBytes < COLLECT_AFTER_BYTES) return;
  collectGarbage();
  deadBytes = 0;
});
send({ type: "ready" });
