import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import { type ErrorBody, MillraceError } from "@millrace/sdk";
import type { ConnectionError, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { withoutSecrets } from "../withoutSecrets.ts";

/** The one place where an error's code becomes an HTTP status. What is not here is our fault: 500. */
const statuses: Readonly<Record<string, number>> = {
  "request-invalid": 400,
  "cursor-invalid": 400,
  "cid-invalid": 400,
  "blob-empty": 400,
  "upload-interrupted": 400,
  "route-unknown": 404,
  "provider-unknown": 404,
  "node-unknown": 404,
  "deal-unknown": 404,
  "proposal-unknown": 404,
  "blob-unknown": 404,
  "body-too-large": 413,
  "blob-too-large": 413,
  "content-type-unsupported": 415,
  "cid-mismatch": 422,
  "rate-limited": 429,
  "blob-corrupted": 500,
  "rpc-unreachable": 503,
  "wrong-chain": 503,
  "contracts-missing": 503,
  "blob-quota-exhausted": 507,
  "disk-full": 507,
};

/** Refusals of the contracts' views: the caller's input, understood but not acceptable. */
const contractRefusal = /^(deals|registry|staking|parameters)-/;

/** HTTP status of an error code. */
function statusOf(code: string): number {
  return statuses[code] ?? (contractRefusal.test(code) ? 422 : 500);
}

/** A 404 that names what is unknown. */
export function unknown(
  noun: "provider" | "node" | "deal" | "proposal" | "blob",
  id: string | number,
): MillraceError {
  return new MillraceError({
    code: `${noun}-unknown`,
    shortMessage: `There is no ${noun} ${id}.`,
    nextStep:
      noun === "blob"
        ? "Upload it with POST /v1/blobs, or fetch it from another source."
        : `Check the id with GET /v1/${noun}s; the newest block may not be indexed yet.`,
  });
}

/** Makes every failure of every route the one error shape, with the request's id. */
export function registerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const known = asMillraceError(error);
    const status = statusOf(known.code);
    if (status >= 500) request.log.error({ err: error, code: known.code }, "request failed");
    // The cause of a fault of ours stays in the log.
    return sendError(reply, request, known, status);
  });
  app.setNotFoundHandler((request, reply) => {
    const error = new MillraceError({
      code: "route-unknown",
      shortMessage: `There is no ${request.method} ${request.url.split("?")[0] ?? ""}.`,
      nextStep: "See GET /v1/openapi.json for the routes.",
    });
    return sendError(reply, request, error, 404);
  });
}

/** What never became a request (a malformed URL) gets the same shape. */
export function answerBrokenRequest(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  reply.header("millrace-request-id", request.id).header("x-request-id", request.id);
  void sendError(reply, request, asMillraceError(error), error.statusCode ?? 400);
}

/** What isn't HTTP at all gets it as well, if its connection still takes an answer. */
export function answerBrokenConnection(error: ConnectionError, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed || !socket.writable) return;
  const [status, shortMessage] = brokenConnections[error.code] ?? ["400 Bad Request", "This is not HTTP."];
  const code = "request-invalid";
  const body = JSON.stringify(errorBody(new MillraceError({ code, shortMessage }), randomUUID()));
  const headers = [
    `HTTP/1.1 ${status}`,
    "content-type: application/json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${headers.join("\r\n")}\r\n\r\n${body}`);
}

const brokenConnections: Readonly<Record<string, [string, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ["408 Request Timeout", "The request took too long to arrive."],
  HPE_HEADER_OVERFLOW: ["431 Request Header Fields Too Large", "The request's headers are too large."],
};

/** The one error shape. */
export function errorBody(error: MillraceError, requestId: string): ErrorBody {
  return {
    error: {
      code: error.code,
      message: withoutSecrets(error.message),
      ...(error.nextStep === undefined ? {} : { nextStep: error.nextStep }),
      requestId,
    },
  };
}

function sendError(reply: FastifyReply, request: FastifyRequest, error: MillraceError, status: number) {
  return reply.status(status).type("application/json").send(errorBody(error, request.id));
}

function asMillraceError(error: FastifyError): MillraceError {
  if (error instanceof MillraceError) return error;
  const shortMessage = error.message;
  if (error.validation !== undefined) {
    return new MillraceError({
      code: "request-invalid",
      shortMessage: `The request does not fit: ${shortMessage}.`,
      nextStep: "See GET /v1/openapi.json for what the route takes.",
      cause: error,
    });
  }
  switch (error.statusCode) {
    case 400:
      return new MillraceError({ code: "request-invalid", shortMessage, cause: error });
    case 413:
      return new MillraceError({ code: "body-too-large", shortMessage, cause: error });
    case 415:
      return new MillraceError({
        code: "content-type-unsupported",
        shortMessage,
        nextStep: "Send JSON as application/json; POST /v1/blobs takes any content type but JSON.",
        cause: error,
      });
    default:
      return new MillraceError({
        code: "internal",
        shortMessage: "Something went wrong here.",
        nextStep: "Try again; if it stays, give the request id to the operator.",
        cause: error,
      });
  }
}
