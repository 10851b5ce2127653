import type { IncomingMessage, ServerResponse } from "node:http";
import { callHeaders, type MillraceError } from "@millrace/sdk";
import { errorBody } from "../api/errors.ts";
import { retryAfterOf, statusOf } from "./errors.ts";
import type { Forwarded } from "./forward.ts";
import { corsHeaders, gatewayHeaders, headersForCaller } from "./headers.ts";
import type { CallRoute } from "./route.ts";

/** A caller that takes no byte of its answer for this long is cut off. */
const stalledMs = 60_000;
/** After an early answer the rest of the request's body is thrown away for this long, so that it can be read. */
const lingerMs = 5_000;

/** Sends a node's answer on; resolves when all of it is sent, or nobody takes it. */
export async function sendAnswer(
  response: ServerResponse,
  { answer, node, attempts }: Forwarded,
  { requestId, route }: { requestId: string; route: CallRoute },
): Promise<void> {
  const head = headersForCaller(answer.headers, { node, requestId, attempts }, route);
  response.setTimeout(stalledMs, () => response.destroy());
  discardRest(response.req, head);
  response.writeHead(answer.status, head);
  if (typeof answer.body === "function") await answer.body(response);
  else response.end(answer.body);
}

/** Answers with an error in the one shape. */
export function sendError(
  response: ServerResponse,
  error: MillraceError,
  { requestId, attempts = 0 }: { requestId: string; attempts?: number },
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const retryAfter = retryAfterOf(error);
  const body = Buffer.from(JSON.stringify(errorBody(error, requestId)));
  const head = [
    ...["content-type", "application/json; charset=utf-8", "content-length", String(body.length)],
    ...[callHeaders.requestId, requestId, gatewayHeaders.attempts, String(attempts), ...corsHeaders],
    ...["x-content-type-options", "nosniff", "cache-control", "no-store"],
    ...(retryAfter === undefined ? [] : ["retry-after", String(retryAfter)]),
  ];
  discardRest(response.req, head);
  response.writeHead(statusOf(error), head);
  response.end(response.req.method === "HEAD" ? undefined : body);
}

/** Answers what needs no node. */
export function sendText(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, ["content-type", type, "cache-control", "no-store", ...corsHeaders]);
  response.end(response.req.method === "HEAD" ? undefined : text);
}

/** A browser asks before it sends a call with headers of its own: whoever may call may do so from any page. */
export function sendPreflight({ headers }: IncomingMessage, response: ServerResponse): void {
  const wanted = headers["access-control-request-headers"];
  response.writeHead(204, {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "access-control-allow-headers": wanted ?? "*",
    "access-control-max-age": "86400",
  });
  response.end();
}

/** If the request's body has not arrived yet, its connection ends with this answer. */
function discardRest(request: IncomingMessage, head: string[]): void {
  if (request.complete || request.destroyed) return;
  head.push("connection", "close");
  request.resume();
  const timer = setTimeout(() => request.destroy(), lingerMs);
  request.once("close", () => clearTimeout(timer));
}
