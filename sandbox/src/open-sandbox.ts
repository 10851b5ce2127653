import { inspectModule, MachineError, PAGES_PER_MIB, readManifest } from "@millrace/machine";
import { encodeCall } from "./encode-call.ts";
import { SandboxError } from "./errors.ts";
import { createPreparedCache } from "./prepared-cache.ts";
import type { JobResult, ProcessLimits } from "./protocol.ts";
import { createSupervisor } from "./supervisor.ts";
import type { StartOutcome } from "./supervisor.ts";
import type { CallResult, OpenSandboxParameters, Sandbox } from "./types.ts";

const MIB = 2 ** 20;
const DEFAULT_THREADS = 2;
const START_TIMEOUT_MS = 60_000;
const preparedModules = createPreparedCache();

/**
 * Opens a function in a process of its own, which prepares the module, compiles it and starts the threads.
 * @returns the sandbox, once the first call can run; it must be closed
 * @throws MachineError when the module or its manifest cannot be used
 * @throws SandboxError `start-failed` when the process cannot be started
 */
export async function openSandbox({ module, threads, onStderr }: OpenSandboxParameters): Promise<Sandbox> {
  const manifest = readManifest(module);
  inspectModule(module);
  const limits: ProcessLimits = {
    timeoutMs: manifest.limits.timeoutMs,
    outputBytes: manifest.limits.outputMiB * MIB,
    memoryBytes: manifest.limits.memoryMiB * MIB,
  };
  const maxPages = manifest.limits.memoryMiB * PAGES_PER_MIB;
  const supervisor = createSupervisor({
    source: preparedModules.source(module, maxPages),
    threads: threads ?? DEFAULT_THREADS,
    limits,
    onPrepared: (prepared) => preparedModules.add(module, maxPages, prepared),
  });
  const outcome = await withTimeout(supervisor.started);
  if (outcome.type !== "ready") {
    await supervisor.close();
    throw startError(outcome);
  }
  let isClosed = false;
  return {
    manifest,
    commitment: outcome.commitment,
    async call(request) {
      if (isClosed) throw closedError();
      const result = await supervisor.run(encodeCall(request, manifest));
      return toCallResult(request.requestId, result, onStderr);
    },
    async close() {
      isClosed = true;
      await supervisor.close();
    },
  };
}

function toCallResult(
  requestId: string,
  result: JobResult,
  onStderr: OpenSandboxParameters["onStderr"],
): CallResult {
  const stderr = new TextDecoder().decode(result.stderr);
  if (onStderr !== undefined && stderr !== "") {
    for (const text of stderr.replace(/\n$/, "").split("\n")) onStderr({ requestId, text });
  }
  const { outcome, exitCode, output, message, durationMs, fuelUsed } = result;
  const known = { outcome, exitCode, output, stderr, durationMs, fuelUsed };
  return message === undefined ? known : { ...known, message };
}

async function withTimeout(started: Promise<StartOutcome>): Promise<StartOutcome> {
  const { promise, resolve } = Promise.withResolvers<StartOutcome>();
  const timer = setTimeout(
    () => resolve({ type: "failed", message: `it was not ready within ${START_TIMEOUT_MS / 1000} s` }),
    START_TIMEOUT_MS,
  );
  const outcome = await Promise.race([started, promise]);
  clearTimeout(timer);
  return outcome;
}

function startError(outcome: Exclude<StartOutcome, { type: "ready" }>): Error {
  if (outcome.type === "refused") return new MachineError(outcome.refusal);
  return new SandboxError({
    code: "start-failed",
    message: `The sandbox process could not be started: ${outcome.message}`,
    nextStep: "Check the free memory and the process limits of this machine, then try again.",
  });
}

function closedError(): SandboxError {
  return new SandboxError({
    code: "closed",
    message: "The sandbox is closed.",
    nextStep: "Open a new one with openSandbox.",
  });
}
