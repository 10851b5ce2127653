import {
  type CallRequest,
  type CallResult,
  type Sandbox,
  SandboxError,
  type Sandboxes,
} from "@millrace/sandbox";
import pRetry from "p-retry";
import type { Logger } from "pino";
import type { Hex } from "viem";
import type { FunctionModules } from "../artifacts/obtainFunction.ts";
import { explainDifference } from "./commitment.ts";
import type { DealLog } from "./dealLog.ts";

export type DealState = "fetching" | "warming" | "ready" | "failed" | "stopped";

export interface DealRuntimeParameters {
  deal: bigint;
  cid: string;
  /** what preparing the module has to come to; zero: anything */
  functionCommitment: Hex;
  /** gets the module, and the runtime of a script; tells why they are not there yet */
  obtain: (signal: AbortSignal, onFailure: (reason: string) => void) => Promise<FunctionModules>;
  /** opens its sandbox */
  open: Sandboxes["open"];
  /** calls that run at the same time */
  threads: number;
  /** calls that may wait beyond those */
  maxQueued: number;
  dealLog: DealLog;
  /** resolves when calls can be given their variables; tells why not yet */
  prepare: (signal: AbortSignal, note: (reason: string) => void) => Promise<void>;
  /** variables of each call, beside the manifest's */
  environment: () => Record<string, string>;
  log: Logger;
}

/** What a runtime, or all of them, have to do. */
export interface Load {
  running: number;
  waiting: number;
  /** open sandboxes, each a process */
  sandboxes: number;
}

/** What callers had of a module since it was started here. */
export interface Use {
  /** calls that came to an end, however */
  calls: number;
  /** what they used, in units, as a decimal number */
  fuel: string;
}

/** One deal's function, from fetching its module to closing its sandbox. */
export interface DealRuntime {
  readonly cid: string;
  /** `name` is the function's; undefined before its sandbox is open. */
  status(): { state: DealState; reason: string | undefined; name: string | undefined; use: Use };
  /** Largest request body the function takes, in bytes; undefined before it is ready. */
  inputLimitBytes(): number | undefined;
  /** Calls that run and that wait, and whether a sandbox is open. */
  load(): Load;
  /** True if one more call would have to wait beyond `maxQueued`. */
  isFull(): boolean;
  /** Runs the function once. @throws SandboxError if the runtime is not ready or stops meanwhile */
  call(request: CallRequest): Promise<CallResult>;
  /** Takes no more calls, lets those that run end, closes the sandbox. */
  stop(): Promise<void>;
}

/** Makes a deal's runtime, which begins to fetch and warm at once. */
export function createDealRuntime(parameters: DealRuntimeParameters): DealRuntime {
  const { deal, cid, threads, maxQueued, dealLog } = parameters;
  const log = parameters.log.child({ deal: deal.toString(), cid });
  const abort = new AbortController();
  let state: DealState = "fetching";
  let reason: string | undefined;
  let sandbox: Sandbox | undefined;
  let active = 0;
  let calls = 0;
  let fuel = 0n;
  let onIdle = (): void => undefined;

  function note(failure: string): void {
    if (reason === failure) return;
    reason = failure;
    log.warn({ state, reason }, "deal not ready yet");
  }

  async function warm(): Promise<void> {
    const modules = await parameters.obtain(abort.signal, note);
    state = "warming";
    reason = undefined;
    await pRetry(
      async () => {
        const opened = await parameters.open({
          ...{ ...modules, threads },
          onStderr: (line) => dealLog.append({ source: "stderr", ...line }),
        });
        // p-retry drops what an abort overtook, so it has to be closed or kept right here.
        if (abort.signal.aborted) return opened.close();
        const { functionCommitment } = parameters;
        const difference = explainDifference({ wanted: functionCommitment, found: opened.commitment });
        if (difference === undefined) sandbox = opened;
        else {
          await opened.close();
          throw difference;
        }
      },
      {
        retries: Infinity,
        minTimeout: 1_000,
        maxTimeout: 30_000,
        signal: abort.signal,
        shouldRetry: ({ error }) => error instanceof SandboxError,
        onFailedAttempt: ({ error }) => note(error.message),
      },
    );
    await parameters.prepare(abort.signal, note);
    if (abort.signal.aborted) return;
    state = "ready";
    reason = undefined;
    log.info({ threads }, "deal ready");
  }

  const warmed = warm().catch((error: unknown) => {
    if (abort.signal.aborted) return;
    state = "failed";
    reason = error instanceof Error ? error.message : String(error);
    const nextStep = error instanceof Error && "nextStep" in error ? error.nextStep : undefined;
    log.error({ reason, nextStep }, "deal refused: its module cannot be served");
  });

  async function call(request: CallRequest): Promise<CallResult> {
    if (sandbox === undefined) throw closed();
    active += 1;
    try {
      const result = await sandbox.call({ ...request, env: parameters.environment() });
      const { outcome, fuelUsed, durationMs } = result;
      calls += 1;
      fuel += fuelUsed ?? 0n;
      log.debug(
        { requestId: request.requestId, outcome, fuelUsed: fuelUsed?.toString(), durationMs },
        "call ended",
      );
      if (result.outcome !== "ok") {
        const text = result.message ?? `exit code ${result.exitCode ?? "unknown"}`;
        dealLog.append({
          requestId: request.requestId,
          source: "outcome",
          text: `${result.outcome}: ${text}`,
        });
      }
      return result;
    } finally {
      active -= 1;
      if (active === 0) onIdle();
    }
  }

  async function stop(): Promise<void> {
    state = "stopped";
    abort.abort(closed());
    await warmed;
    if (active > 0) {
      await new Promise<void>((resolve) => {
        onIdle = resolve;
      });
    }
    await sandbox?.close();
    await dealLog.flush();
  }

  return {
    cid,
    status: () => ({
      ...{ state, reason, name: sandbox?.manifest.name },
      use: { calls, fuel: fuel.toString() },
    }),
    inputLimitBytes: () => sandbox && sandbox.manifest.limits.inputMiB * 1024 * 1024,
    load: () => ({
      running: Math.min(active, threads),
      waiting: Math.max(0, active - threads),
      sandboxes: sandbox === undefined ? 0 : 1,
    }),
    isFull: () => active >= threads + maxQueued,
    call,
    stop,
  };
}

function closed(): SandboxError {
  return new SandboxError({
    code: "closed",
    message: "This node stopped serving the deal.",
    nextStep: "Call another worker of the deal.",
  });
}
