import { randomBytes } from "node:crypto";
import {
  checkRuntime,
  commitmentOf,
  inspectModule,
  MachineError,
  PAGES_PER_MIB,
  readManifest,
  readScriptModule,
} from "@millrace/machine";
import type { Manifest } from "@millrace/machine";
import { encodeInput } from "@millrace/machine/native";
import { readAnswer } from "./answer.ts";
import { cgiEnvironment } from "./cgi.ts";
import { SandboxError } from "./errors.ts";
import { prepareModule } from "./prepare-module.ts";
import { createPreparedCache } from "./prepared-cache.ts";
import type { JobResult, ProcessLimits } from "./protocol.ts";
import { createSpares } from "./spares.ts";
import type { Spares } from "./spares.ts";
import { createSupervisor } from "./supervisor.ts";
import type { StartOutcome } from "./supervisor.ts";
import type {
  CallRequest,
  CallResult,
  CreateSandboxesParameters,
  OpenSandboxParameters,
  Sandbox,
  Sandboxes,
} from "./types.ts";

const MIB = 2 ** 20;
const DEFAULT_THREADS = 2;
const START_TIMEOUT_MS = 60_000;
/** One for the whole program: modules are prepared once, whoever opens them. */
const preparedModules = createPreparedCache((wasm, maxPages) => {
  inspectModule(wasm, { memoryMiB: maxPages / PAGES_PER_MIB });
  return prepareModule({ wasm, maxPages });
});

/** Makes what opens sandboxes; it must be closed if it keeps spares. */
export function createSandboxes({ spares: most = 0 }: CreateSandboxesParameters = {}): Sandboxes {
  const spares = createSpares(most);
  return {
    open: (parameters) => openWith(spares, parameters),
    settled: () => spares.settled(),
    close: () => spares.close(),
  };
}

/**
 * Opens a function in a process of its own, without ever keeping one ready.
 * @returns the sandbox, once the first call can run; it must be closed
 * @throws MachineError when the module, its manifest or its runtime cannot be used
 * @throws SandboxError `start-failed` when the process cannot be started
 */
export const openSandbox: Sandboxes["open"] = (parameters) => createSandboxes().open(parameters);

/** What a function's process runs: a module, or a runtime with a script. */
function programOf({ module, runtime }: OpenSandboxParameters) {
  const script = readScriptModule(module);
  if (script === undefined) return { manifest: readManifest(module), wasm: module, script: undefined };
  if (runtime === undefined) {
    throw new MachineError({
      code: "invalid-runtime",
      message: `The script's runtime ${script.runtime} is missing.`,
      nextStep: "Publish the runtime where the script is: millrace function deploy does both.",
    });
  }
  checkRuntime(runtime, script.runtime);
  return { manifest: script.manifest, wasm: runtime, script: script.script };
}

async function openWith(spares: Spares, parameters: OpenSandboxParameters): Promise<Sandbox> {
  const { threads = DEFAULT_THREADS, onStderr } = parameters;
  const { manifest, wasm, script } = programOf(parameters);
  const limits: ProcessLimits = {
    timeoutMs: manifest.limits.timeoutMs,
    outputBytes: manifest.limits.outputMiB * MIB,
    memoryBytes: manifest.limits.memoryMiB * MIB,
  };
  const known = await preparedModules.get(wasm, manifest.limits.memoryMiB * PAGES_PER_MIB);
  const supervisor = createSupervisor({
    startProcess: () => spares.take(known),
    settings: { script, threads, limits },
  });
  const commitment = commitmentOf(known.prepared.parts, script);
  const outcome = await withTimeout(supervisor.started);
  if (outcome.type === "failed") {
    await supervisor.close();
    throw startError(outcome.message);
  }
  if (script !== undefined) spares.keep(known);
  let isClosed = false;
  return {
    manifest,
    commitment,
    async call(request) {
      if (isClosed) throw closedError();
      checkInput(request, manifest);
      const result = await supervisor.run({
        input: encodeInput({
          args: [manifest.name],
          env: cgiEnvironment(request, manifest),
          stdin: request.body,
          acceptedAtMs: request.acceptedAtMs ?? Date.now(),
          seed: request.seed ?? randomBytes(32),
          outputBytes: limits.outputBytes,
        }),
        fuelLimit: fuelLimit(request, manifest),
      });
      return toCallResult(result, { requestId: request.requestId, manifest, onStderr });
    },
    async close() {
      isClosed = true;
      await supervisor.close();
    },
  };
}

interface CallContext {
  requestId: string;
  manifest: Manifest;
  onStderr: OpenSandboxParameters["onStderr"];
}

function toCallResult(result: JobResult, { requestId, manifest, onStderr }: CallContext): CallResult {
  const stderr = new TextDecoder().decode(result.stderr);
  if (onStderr !== undefined && stderr !== "") {
    for (const text of stderr.replace(/\n$/, "").split("\n")) onStderr({ requestId, text });
  }
  const { outcome, exitCode, output, message, durationMs, fuelUsed } = result;
  const known = { outcome, exitCode, output, stderr, durationMs, fuelUsed };
  if (outcome !== "ok") return message === undefined ? known : { ...known, message };
  const answer = readAnswer(output, manifest);
  if (typeof answer !== "string") return { ...known, answer };
  const said = `The function's answer is malformed: ${answer} (millrace.json says "answer": "cgi").`;
  return { ...known, outcome: "malformed-answer", message: said };
}

function fuelLimit({ fuelLimit: asked }: CallRequest, { limits }: Manifest): bigint {
  const most = BigInt(limits.fuel);
  return asked === undefined || asked > most ? most : asked;
}

function checkInput({ body }: CallRequest, { limits }: Manifest): void {
  if (body.length <= limits.inputMiB * MIB) return;
  throw new SandboxError({
    code: "input-too-large",
    message: `The request body has ${body.length} bytes; the function takes at most ${limits.inputMiB} MiB.`,
    nextStep: "Send less, or raise limits.inputMiB in millrace.json (at most 16).",
  });
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

function startError(message: string): SandboxError {
  return new SandboxError({
    code: "start-failed",
    message: `The sandbox process could not be started: ${message}`,
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
