import { fork } from "node:child_process";
import { join } from "node:path";
import type { Commitment } from "@millrace/machine";
import type { Failure } from "./job-queue.ts";
import { createPlainSource } from "./plain-source.ts";
import type {
  Job,
  JobResult,
  ParentMessage,
  PreparedModule,
  ProcessLimits,
  ProcessMessage,
  Refusal,
  Source,
} from "./protocol.ts";

const plainSource = createPlainSource();
const LAST_WORDS_BYTES = 4 * 1024;

/** A running sandbox process. */
export interface Child {
  run(job: Job): void;
  kill(): void;
}

interface StartChildParameters {
  source: Source;
  threads: number;
  limits: ProcessLimits;
  onReady: (commitment: Commitment) => void;
  /** Called once, before the process is ready, when it got a module to prepare. */
  onPrepared: (prepared: PreparedModule) => void;
  /** The module cannot be prepared; the process waits to be ended. */
  onRefused: (refusal: Refusal) => void;
  onResult: (result: JobResult) => void;
  /** Called once, whatever ended the process. */
  onExit: (reason: Failure) => void;
}

/** Starts a process with no environment, no rights but to read its own source and to make threads. */
export function startChild({ source, threads, limits, ...events }: StartChildParameters): Child {
  const folder = plainSource();
  const child = fork(join(folder, "process.mjs"), {
    env: {},
    cwd: folder,
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    execArgv: [
      ...["--permission", `--allow-fs-read=${folder}*`, "--allow-worker"],
      ...["--max-old-space-size=512", "--no-warnings", "--disallow-code-generation-from-strings"],
    ],
  });
  let lastWords = "";
  let hasEnded = false;
  const send = (message: ParentMessage): void => void child.send(message, () => undefined);

  function end(reason: Failure): void {
    if (hasEnded) return;
    hasEnded = true;
    events.onExit(reason);
  }
  child.stderr?.on("data", (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString()).slice(-LAST_WORDS_BYTES);
  });
  child.on("message", (message) => {
    if (hasEnded) return;
    const received = message as ProcessMessage;
    if (received.type === "ready") events.onReady(received.commitment);
    else if (received.type === "prepared") events.onPrepared(received.prepared);
    else if (received.type === "refused") events.onRefused(received.refusal);
    else events.onResult(received.result);
  });
  child.on("error", (error) => end({ outcome: "crash", message: `Its process failed: ${error.message}` }));
  child.on("close", (code, signal) => end(describeExit(code, signal, lastWords)));
  send({ type: "open", source, threads, limits });
  return { run: (job) => send({ type: "call", job }), kill: () => void child.kill("SIGKILL") };
}

function describeExit(code: number | null, signal: string | null, lastWords: string): Failure {
  if (/out of memory|allocation failed/i.test(lastWords)) {
    return { outcome: "memory", message: "The function used up the host memory of its process." };
  }
  const how = signal === null ? `with code ${code ?? "unknown"}` : `by ${signal}`;
  return {
    outcome: "crash",
    message: `The function's process ended ${how} during the call.`,
    stderr: lastWords,
  };
}
