import { type CallRequest, type CallResult, SandboxError } from "@millrace/sandbox";
import { callHeaders } from "@millrace/sdk";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Assignment } from "../chain/assignments.ts";
import type { DealRuntime } from "../runtime/dealRuntime.ts";
import type { Lookup } from "../runtime/dealTable.ts";
import type { BodyBudget } from "./bodyBudget.ts";
import type { CallerCheck } from "./callers.ts";
import { parseDeal } from "./dealId.ts";
import { codeOf, HttpError } from "./errors.ts";
import type { Metrics } from "./metrics.ts";
import { errorOf } from "./outcome.ts";
import { bodyTooLarge, readBody } from "./readBody.ts";

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

export interface CallRouteParameters {
  /** what this node does for a deal now; undefined while it has not reached its chain */
  find: (deal: bigint) => Lookup | undefined;
  /** who may call */
  callers: CallerCheck;
  budget: BodyBudget;
  metrics: Metrics;
  isDraining: () => boolean;
}

/** Adds `/v1/deals/<id>/call[/path]`. */
export function addCallRoutes(app: FastifyInstance, parameters: CallRouteParameters): void {
  const handler = (request: FastifyRequest, reply: FastifyReply) =>
    answerCall(request, reply, parameters).then(
      (answer) => {
        parameters.metrics.called("ok", reply.elapsedTime);
        return answer;
      },
      (error: unknown) => {
        parameters.metrics.called(codeOf(error), reply.elapsedTime);
        throw error;
      },
    );
  app.route({ method: methods, url: "/v1/deals/:deal/call", handler });
  app.route({ method: methods, url: "/v1/deals/:deal/call/*", handler });
}

async function answerCall(
  request: FastifyRequest,
  reply: FastifyReply,
  { find, callers, budget, metrics, isDraining }: CallRouteParameters,
): Promise<FastifyReply> {
  if (isDraining()) throw draining();
  const deal = parseDeal(request.params);
  const lookup = find(deal);
  if (lookup === undefined) throw notReady(deal, "the node has not reached its chain yet");
  if (lookup.kind === "not-served") throw notServed(deal, lookup.reason);
  const { assignment, runtime } = lookup;
  const limitBytes = inputLimit(assignment, runtime);
  const target = callTarget(request);
  const { method, headers } = request;
  const fuelLimit = parseFuelLimit(headers[callHeaders.fuelLimit]);
  const proveCaller = await callers.admit(assignment, { method, target, headers });
  if (runtime.isFull()) throw dealBusy(deal);
  const body = await readBody(request.raw, limitBytes, budget);
  let result: CallResult;
  try {
    await proveCaller?.(body.bytes);
    const call = { ...toCallRequest(request, body.bytes), ...(fuelLimit !== undefined && { fuelLimit }) };
    result = await runCall(call, { deal, find });
  } finally {
    body.release();
  }
  const { fuelUsed, outcome } = result;
  // Functions cannot set such a header: it tells their answers from the node's own errors.
  void reply.header(callHeaders.outcome, outcome);
  if (fuelUsed !== undefined) {
    metrics.used(fuelUsed);
    void reply.header(callHeaders.fuelUsed, fuelUsed.toString());
  }
  const error = errorOf(result);
  if (error !== undefined) throw error;
  return sendAnswer(reply, result.answer);
}

function sendAnswer(reply: FastifyReply, answer: CallResult["answer"]): FastifyReply {
  if (answer === undefined) throw new Error("A call that ended well has an answer.");
  const { status, headers, body } = answer;
  void reply.status(status);
  for (const [name, value] of headers) {
    if (name === "set-cookie") void reply.header(name, value);
    else void reply.header(name, joined(reply.getHeader(name), value));
  }
  // Functions of several deals share this origin: a browser must not guess a type that runs scripts.
  void reply.header("x-content-type-options", "nosniff");
  return body.length === 0 ? reply.send() : reply.send(Buffer.from(body));
}

/** Headers of one name are one list (RFC 9110, 5.3), but for cookies. */
function joined(before: unknown, value: string): string {
  return typeof before === "string" ? `${before}, ${value}` : value;
}

/** Runs a call on what serves the deal now: another version of the function may have taken over while the body came. */
async function runCall(
  call: CallRequest,
  { deal, find }: { deal: bigint; find: CallRouteParameters["find"] },
): Promise<CallResult> {
  const lookup = find(deal);
  if (lookup?.kind !== "served") throw notServed(deal, lookup?.reason ?? "the chain is out of reach");
  const { assignment, runtime } = lookup;
  const limitBytes = inputLimit(assignment, runtime);
  if (call.body.length > limitBytes) throw bodyTooLarge(limitBytes);
  if (runtime.isFull()) throw dealBusy(deal);
  try {
    return await runtime.call(call);
  } catch (error) {
    if (error instanceof SandboxError && error.code === "closed")
      throw notServed(deal, "the deal was stopped just now");
    throw error;
  }
}

/** @throws HttpError if the deal's function cannot be called now */
function inputLimit({ deal }: Assignment, runtime: DealRuntime): number {
  const { state, reason } = runtime.status();
  const limit = runtime.inputLimitBytes();
  if (state === "failed") throw refused(deal, reason ?? "its module cannot be run");
  if (state !== "ready" || limit === undefined)
    throw notReady(deal, reason === undefined ? state : `${state}: ${reason}`);
  return limit;
}

function toCallRequest(request: FastifyRequest, body: Uint8Array): CallRequest {
  const { pathname, query } = splitTarget(callTarget(request));
  const headers = Object.entries(request.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(", ") : (value ?? ""),
  ]);
  return {
    requestId: request.id,
    method: request.method,
    path: pathname,
    query,
    headers: Object.fromEntries(headers) as Record<string, string>,
    body,
    remoteAddress: request.ip,
  };
}

/** @throws HttpError if the header is no number of units */
function parseFuelLimit(header: string | string[] | undefined): bigint | undefined {
  if (header === undefined) return undefined;
  if (typeof header === "string" && /^\d{1,20}$/.test(header)) return BigInt(header);
  throw new HttpError({
    status: 400,
    code: "request-malformed",
    message: `The header ${callHeaders.fuelLimit} is no number of units of fuel.`,
    nextStep: "Give a whole number, or leave the header out: then the function's own limit counts.",
  });
}

/** What follows `/v1/deals/<id>/call` in the URL, as it was sent. */
function callTarget(request: FastifyRequest): string {
  return (request.raw.url ?? "").replace(/^\/v1\/deals\/[^/]*\/call/, "");
}

/** The path decoded as CGI wants it, and the query as it was sent. */
function splitTarget(target: string): { pathname: string; query: string } {
  const [encoded = "", ...query] = target.split("?");
  try {
    return { pathname: decodeURIComponent(encoded), query: query.join("?") };
  } catch {
    throw new HttpError({
      status: 400,
      code: "request-malformed",
      message: "The path has a % that begins no valid escape.",
      nextStep: "Encode the path with encodeURIComponent.",
    });
  }
}

function draining(): HttpError {
  return new HttpError({
    status: 503,
    code: "node-draining",
    message: "The node is stopping; it only finishes the calls that run.",
    nextStep: "Call another worker of the deal.",
    retryAfterSeconds: 10,
  });
}

function notServed(deal: bigint, reason: string): HttpError {
  return new HttpError({
    status: 404,
    code: "deal-not-served",
    message: `This node does not serve deal ${deal.toString()}: ${reason}.`,
    nextStep: `See who does: millrace deal show ${deal.toString()}`,
  });
}

function notReady(deal: bigint, reason: string): HttpError {
  return new HttpError({
    status: 503,
    code: "not-ready",
    message: `This node cannot answer for deal ${deal.toString()} yet: ${reason}.`,
    nextStep: "Try again in a second or call another worker of the deal.",
    retryAfterSeconds: 1,
  });
}

function refused(deal: bigint, reason: string): HttpError {
  return new HttpError({
    status: 502,
    code: "module-refused",
    message: `This node cannot run the module of deal ${deal.toString()}: ${reason}`,
    nextStep: "Check the module with millrace function test and deploy it again.",
  });
}

function dealBusy(deal: bigint): HttpError {
  return new HttpError({
    status: 429,
    code: "deal-busy",
    message: `As many calls of deal ${deal.toString()} run and wait on this node as it takes.`,
    nextStep: "Try again in a second or call another worker of the deal.",
    retryAfterSeconds: 1,
  });
}
