import type { Socket } from "node:net";
import { forkPlain, lastWordsOf } from "./fork-plain.ts";
import type { Failure } from "./job-queue.ts";
import type {
  FunctionSettings,
  Job,
  JobResult,
  ParentMessage,
  PreparedModule,
  ProcessMessage,
} from "./protocol.ts";

/** What whoever uses a process is told. */
export interface ChildEvents {
  onReady: () => void;
  onResult: (result: JobResult) => void;
  /** Called once, whatever ended the process. */
  onExit: (reason: Failure) => void;
}

/** A running sandbox process, which has loaded its module or does so. */
export interface Child {
  /** Settles when its module is loaded, or it has ended. */
  readonly loaded: Promise<boolean>;
  /** Makes it a function; to be called once. */
  open(settings: FunctionSettings, events: ChildEvents): void;
  run(job: Job): void;
  kill(): void;
  /** Whether it keeps this program from ending. */
  hold(isHeld: boolean): void;
}

/**
 * Starts a process with no environment, no rights but to read its own source and to make threads.
 * @param warm runs the module once, so that the first call of a function comes sooner
 */
export function startChild(prepared: PreparedModule, { warm = false } = {}): Child {
  const child = forkPlain("process.mjs", ["--allow-worker"]);
  const lastWords = lastWordsOf(child);
  const loaded = Promise.withResolvers<boolean>();
  let events: ChildEvents | undefined;
  let ending: Failure | undefined;
  const send = (message: ParentMessage): void => void child.send(message, () => undefined);

  function end(reason: Failure): void {
    if (ending !== undefined) return;
    ending = reason;
    loaded.resolve(false);
    events?.onExit(reason);
  }
  child.on("message", (message) => {
    if (ending !== undefined) return;
    const received = message as ProcessMessage;
    if (received.type === "loaded") loaded.resolve(true);
    else if (received.type === "ready") events?.onReady();
    else events?.onResult(received.result);
  });
  child.on("error", (error) => end({ outcome: "crash", message: `Its process failed: ${error.message}` }));
  child.on("close", (code, signal) => end(describeExit(code, signal, lastWords())));
  send({ type: "load", prepared, warm });
  return {
    loaded: loaded.promise,
    open(settings, given) {
      events = given;
      const ended = ending;
      if (ended !== undefined) queueMicrotask(() => given.onExit(ended));
      else send({ type: "open", settings });
    },
    run: (job) => send({ type: "call", job }),
    kill: () => void child.kill("SIGKILL"),
    hold(isHeld) {
      const change = isHeld ? "ref" : "unref";
      child[change]();
      child.channel?.[change]();
      (child.stderr as Socket | null)?.[change]();
    },
  };
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
