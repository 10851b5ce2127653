import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** Enough for the deepest calls that the slots allow, in V8's first, large frames. */
const STACK_MIB = 64;

/**
 * Calls a function that the file exports in a thread with a deep stack, since V8's usual one ends before the machine's slots do.
 * @param argument what structured clone can copy; so must be the result
 * @throws what the function throws
 */
export async function runDeep<Result>(
  file: string,
  name: string,
  argument: unknown,
  stackSizeMb = STACK_MIB,
): Promise<Result> {
  const worker = new Worker(new URL("deep-worker.ts", import.meta.url), {
    workerData: { file, name, argument },
    resourceLimits: { stackSizeMb },
  });
  try {
    // `once` rejects when the worker reports an error.
    const [result] = (await once(worker, "message")) as [Result];
    return result;
  } finally {
    await worker.terminate();
  }
}
