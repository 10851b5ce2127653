import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { callHeaders, callRefusals, errorBodySchema } from "@millrace/sdk";
import type { Dispatcher } from "undici";
import Value from "typebox/value";
import type { NodeLink } from "./nodeLink.ts";

/** A node's answer; a small one is whole, a large one still arrives. */
export interface NodeAnswer {
  kind: "answered";
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer | ((response: ServerResponse) => Promise<void>);
}

/** How one try at one node went. */
export type Outcome =
  | NodeAnswer
  /** the function did not run there; `answer` is what the node said, undefined if it was not reached */
  | { kind: "refused"; code: string; reason: string; answer: NodeAnswer | undefined }
  /** the request went out and nothing is known: the function may have run */
  | { kind: "interrupted"; reason: string; timedOut: boolean }
  | { kind: "cancelled" };

export interface AttemptParameters {
  link: NodeLink;
  method: string;
  path: string;
  headers: string[];
  body: Buffer | AsyncIterable<Buffer> | undefined;
}

/** A try that is under way. */
export interface Attempt {
  link: NodeLink;
  startedAtMs: number;
  outcome: Promise<Outcome>;
  /** Ends it, unless it has an outcome. */
  cancel: () => void;
}

/** Answers up to this size are read to their end first: until then a broken connection costs the caller nothing. */
const wholeBytes = 64 * 1024;
/** Without a body (HEAD) the status alone tells that the function did not run. */
const refusalStatuses = new Set([404, 503]);
const possibleRefusals = new Set([404, 429, 502, 503]);

class Cancelled extends Error {
  override readonly message = "cancelled";
}

/** Sends a call to one node, once. */
export function startAttempt({ link, method, path, headers, body }: AttemptParameters): Attempt {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  let controller: Dispatcher.DispatchController | undefined;
  let isCancelled = false;
  let receiver: Receiver | undefined;
  link.inFlight += 1;
  const settle = (outcome: Outcome): void => resolve(outcome);
  link.pool.dispatch(
    // Any iterable is taken, which the types don't say.
    { method, path, headers, body: (body ?? null) as Buffer | null },
    {
      onRequestStart(started) {
        controller = started;
        if (isCancelled) started.abort(new Cancelled());
      },
      onResponseStart(started, status, answerHeaders) {
        if (status < 200) return;
        receiver = createReceiver({ controller: started, method, status, headers: answerHeaders, settle });
      },
      onResponseData: (_controller, chunk) => receiver?.data(chunk),
      onResponseEnd() {
        link.inFlight -= 1;
        receiver?.end();
      },
      onResponseError(_controller, error) {
        link.inFlight -= 1;
        receiver?.fail(error);
        settle(outcomeOfError(error, { wasSent: controller !== undefined, isCancelled }));
      },
    },
  );
  return {
    link,
    startedAtMs: performance.now(),
    outcome: promise,
    cancel() {
      isCancelled = true;
      settle({ kind: "cancelled" });
      controller?.abort(new Cancelled());
    },
  };
}

interface Receiver {
  data: (chunk: Buffer) => void;
  end: () => void;
  fail: (error: Error) => void;
}

interface ReceiverParameters {
  controller: Dispatcher.DispatchController;
  method: string;
  status: number;
  headers: IncomingHttpHeaders;
  settle: (outcome: Outcome) => void;
}

function createReceiver({ controller, method, status, headers, settle }: ReceiverParameters): Receiver {
  const length = Number(headers["content-length"]);
  if (method !== "HEAD" && !(length <= wholeBytes)) {
    const stream = createStream(controller);
    settle({ kind: "answered", status, headers, body: stream.pipe });
    return stream;
  }
  const chunks: Buffer[] = [];
  return {
    data: (chunk) => void chunks.push(chunk),
    end: () => settle(judge({ kind: "answered", status, headers, body: Buffer.concat(chunks) }, method)),
    fail: () => undefined,
  };
}

/** Holds the answer back until there is somebody to give it to, and then at the speed they take it. */
function createStream(
  controller: Dispatcher.DispatchController,
): Receiver & { pipe: (response: ServerResponse) => Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const early: Buffer[] = [];
  let target: ServerResponse | undefined;
  let ending: (() => void) | undefined;
  controller.pause();

  function finish(end: (response: ServerResponse) => void): void {
    ending = () => {
      if (target !== undefined) end(target);
      resolve(undefined);
    };
    if (target !== undefined) ending();
  }
  return {
    data(chunk) {
      if (target === undefined) early.push(chunk);
      else if (!target.write(chunk)) controller.pause();
    },
    end: () => finish((response) => response.end()),
    // The caller sees a broken answer, not a short one.
    fail: () => finish((response) => response.destroy()),
    async pipe(response) {
      target = response;
      response.on("drain", () => controller.resume());
      response.once("close", () => {
        if (ending === undefined) controller.abort(new Cancelled());
      });
      for (const chunk of early.splice(0)) response.write(chunk);
      if (ending === undefined) controller.resume();
      else ending();
      await promise;
    },
  };
}

/** Tells a node's refusal, which came before the function ran, from an answer. */
function judge(answer: NodeAnswer & { body: Buffer }, method: string): Outcome {
  const { status, headers, body } = answer;
  // The node sets it where the function ran, and no function can.
  if (headers[callHeaders.outcome] !== undefined || !possibleRefusals.has(status)) return answer;
  const said = parseError(body);
  if (said !== undefined && callRefusals.has(said.code)) {
    return { kind: "refused", code: said.code, reason: said.message, answer };
  }
  const isBare = said === undefined && (method === "HEAD" || body.length === 0);
  if (!isBare || !refusalStatuses.has(status)) return answer;
  return { kind: "refused", code: "", reason: `It answered ${status}.`, answer };
}

function parseError(body: Buffer): { code: string; message: string } | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    return Value.Check(errorBodySchema, value) ? value.error : undefined;
  } catch {
    return undefined;
  }
}

const timeouts = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"]);

function outcomeOfError(
  error: Error,
  { wasSent, isCancelled }: { wasSent: boolean; isCancelled: boolean },
): Outcome {
  if (isCancelled || error instanceof Cancelled) return { kind: "cancelled" };
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const reason = error.message === "" ? code : error.message;
  // Such a call would fail at every node.
  if (code === "UND_ERR_INVALID_ARG")
    return { kind: "refused", code: "unsendable", reason, answer: undefined };
  if (!wasSent) return { kind: "refused", code: "unreachable", reason: `${reason}.`, answer: undefined };
  return { kind: "interrupted", reason, timedOut: timeouts.has(code) };
}
