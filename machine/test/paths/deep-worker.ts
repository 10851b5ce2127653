// Runs one exported function of a file, with the thread's deep stack, and posts what it returns.
import { parentPort, workerData } from "node:worker_threads";

const { file, name, argument } = workerData as { file: string; name: string; argument: unknown };
// V8 compiles on threads that Node does not wait for; this keeps the worker until it is terminated.
parentPort?.on("message", () => undefined);
const functions = (await import(file)) as Record<string, (argument: unknown) => unknown>;
parentPort?.postMessage(await functions[name]?.(argument));
