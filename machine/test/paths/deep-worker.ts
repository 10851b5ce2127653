// Runs one exported function of a file, with the thread's deep stack, and posts what it returns.
import { parentPort, workerData } from "node:worker_threads";

const { file, name, argument } = workerData as { file: string; name: string; argument: unknown };
const functions = (await import(file)) as Record<string, (argument: unknown) => unknown>;
parentPort?.postMessage(await functions[name]?.(argument));
