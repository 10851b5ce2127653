import { startChild } from "./child.ts";
import type { Child, ExitReason } from "./child.ts";
import type { JobResult, ProcessLimits, Program } from "./protocol.ts";

// The process ends a program at its time limit; when that fails for this long, the process itself is ended.
const BACKSTOP_MS = 10_000;
const MAX_FAILED_STARTS = 3;
const RESTART_DELAY_MS = 100;

interface SupervisorParameters {
  wasm: Uint8Array;
  threads: number;
  limits: ProcessLimits;
}

interface PendingJob {
  program: Program;
  resolve: (result: JobResult) => void;
  startedAt: number;
  timer: NodeJS.Timeout | undefined;
}

/** How the first start of a process ended. */
export type StartOutcome = { type: "ready" } | { type: "refused" | "failed"; message: string };

/** Keeps one process alive and jobs flowing: what waits survives a crash, what runs fails with it. */
export interface Supervisor {
  /** Settles once the first process is ready or cannot be. */
  readonly started: Promise<StartOutcome>;
  run(program: Program): Promise<JobResult>;
  close(): Promise<void>;
}

/** Starts a process for a module and supervises it until it is closed. */
export function createSupervisor({ wasm, threads, limits }: SupervisorParameters): Supervisor {
  const waiting: PendingJob[] = [];
  const running = new Map<number, PendingJob>();
  const started = Promise.withResolvers<StartOutcome>();
  const ended = Promise.withResolvers<undefined>();
  let child: Child | undefined;
  let isReady = false;
  let isClosed = false;
  let failedStarts = 0;
  let nextId = 1;
  let timedOut: number | undefined;

  function dispatch(): void {
    while (child !== undefined && isReady && running.size < threads) {
      const pending = waiting.shift();
      if (pending === undefined) return;
      const id = nextId++;
      pending.startedAt = performance.now();
      pending.timer = setTimeout(() => {
        timedOut = id;
        child?.kill();
      }, limits.timeoutMs + BACKSTOP_MS);
      running.set(id, pending);
      child.run({ id, program: pending.program });
    }
  }
  function finish(result: JobResult): void {
    const pending = running.get(result.id);
    if (pending === undefined) return;
    running.delete(result.id);
    clearTimeout(pending.timer);
    pending.resolve(result);
    dispatch();
  }
  function failAll(jobs: Iterable<[number, PendingJob]>, { outcome, message }: ExitReason): void {
    for (const [id, pending] of [...jobs]) {
      clearTimeout(pending.timer);
      running.delete(id);
      const durationMs = pending.startedAt === 0 ? 0 : performance.now() - pending.startedAt;
      const isTimedOut = id === timedOut;
      pending.resolve({
        ...{ id, durationMs, exitCode: undefined, output: new Uint8Array(0), stderr: new Uint8Array(0) },
        outcome: isTimedOut ? "timeout" : outcome,
        message: isTimedOut
          ? "The function could not be stopped at its time limit; its process was."
          : message,
      });
    }
  }
  const failWaiting = (reason: ExitReason): void =>
    failAll(
      waiting.splice(0).map((job) => [-1, job]),
      reason,
    );

  function onExit(reason: ExitReason): void {
    const wasReady = isReady;
    child = undefined;
    isReady = false;
    failAll(running, reason);
    timedOut = undefined;
    if (isClosed) {
      ended.resolve(undefined);
      return;
    }
    failedStarts = wasReady ? 0 : failedStarts + 1;
    if (failedStarts < MAX_FAILED_STARTS) {
      setTimeout(start, wasReady ? 0 : RESTART_DELAY_MS * 2 ** failedStarts);
      return;
    }
    started.resolve({ type: "failed", message: reason.message });
    failWaiting(reason);
  }
  function start(): void {
    if (isClosed || child !== undefined) return;
    child = startChild({
      ...{ wasm, threads, limits, onExit },
      onReady: () => {
        isReady = true;
        started.resolve({ type: "ready" });
        dispatch();
      },
      onRefused: (message) => started.resolve({ type: "refused", message }),
      onResult: finish,
    });
  }

  start();
  return {
    started: started.promise,
    run: (program) =>
      new Promise((resolve) => {
        waiting.push({ program, resolve, startedAt: 0, timer: undefined });
        if (child === undefined && failedStarts >= MAX_FAILED_STARTS) {
          failedStarts = 0;
          start();
        }
        dispatch();
      }),
    async close() {
      if (!isClosed) {
        isClosed = true;
        failWaiting({ outcome: "crash", message: "The sandbox was closed before the call started." });
        if (child === undefined) ended.resolve(undefined);
        else child.kill();
      }
      await ended.promise;
    },
  };
}
