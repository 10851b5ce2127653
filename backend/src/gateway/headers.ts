import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { callHeaders } from "@millrace/sdk";
import type { CallRoute } from "./route.ts";

/** Names of the headers between callers and the gateway, beside those of {@link callHeaders}. */
export const gatewayHeaders = { idempotent: "millrace-idempotent", attempts: "millrace-attempts" } as const;

/** They are about one connection, not about the call (RFC 9110, 7.6.1), or are made anew for the node. */
const notForwarded = new Set([
  ...["connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization"],
  ...["te", "trailer", "transfer-encoding", "upgrade", "expect", "host", "content-length"],
  ...["x-request-id", "x-forwarded-host", "x-forwarded-proto", gatewayHeaders.idempotent],
]);

/** The headers that are about the connection because its own header says so. */
function namesIn(connection: string | undefined): ReadonlySet<string> {
  return new Set((connection ?? "").split(",").map((name) => name.trim().toLowerCase()));
}

/**
 * The headers a node gets: the caller's as they were sent, without those of its connection.
 *
 * @param contentLength of a body that is streamed; undefined if the client says it by itself or nobody knows it
 */
export function headersForNode(
  request: IncomingMessage,
  { requestId, contentLength }: { requestId: string; contentLength: string | undefined },
): string[] {
  const { rawHeaders, headers, socket } = request;
  const named = namesIn(headers.connection);
  const passed: string[] = [];
  const via: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = "", value = ""] = [rawHeaders[index], rawHeaders[index + 1]];
    const lower = name.toLowerCase();
    if (lower === "x-forwarded-for") via.push(value);
    else if (!notForwarded.has(lower) && !named.has(lower)) passed.push(name, value);
  }
  passed.push("x-request-id", requestId);
  passed.push("x-forwarded-for", [...via, socket.remoteAddress ?? "unknown"].join(", "));
  if (headers.host !== undefined) passed.push("x-forwarded-host", headers.host);
  if (contentLength !== undefined) passed.push("content-length", contentLength);
  return passed;
}

/**
 * What an answer may say under a host that functions share, beside headers of its own (`x-…`). Nodes and functions are
 * strangers: they set nothing else in the name of this host.
 */
const fromNode = new Set([
  ...["content-type", "content-length", "content-encoding", "content-language", "content-disposition"],
  ...["cache-control", "etag", "last-modified", "expires", "vary", "retry-after", "www-authenticate"],
  ...["location", "link", "allow", "accept-ranges", "content-range"],
]);

/** What an answer may not say under a host of its own either: the host's connection, its parent domain, and what the gateway says itself. */
const notFromNode = new Set([
  ...["connection", "keep-alive", "proxy-connection", "proxy-authenticate", "te", "trailer"],
  ...["transfer-encoding", "upgrade", "server", "date", "alt-svc", "strict-transport-security"],
  ...["public-key-pins", "nel", "report-to", "access-control-allow-origin"],
  ...["access-control-expose-headers", "x-content-type-options"],
]);

function isPassed(name: string, value: string, ownOrigin: boolean): boolean {
  if (name.startsWith("millrace-")) return !ownNames.has(name);
  if (notFromNode.has(name)) return false;
  if (!ownOrigin) return fromNode.has(name) || name.startsWith("x-");
  // A cookie for the parent domain would reach the functions of others.
  return name !== "set-cookie" || !/;\s*domain\s*=/i.test(value);
}

export const corsHeaders = ["access-control-allow-origin", "*", "access-control-expose-headers", "*"];

/**
 * The headers a caller gets with a node's answer, as name, value, name, value.
 */
export function headersForCaller(
  headers: IncomingHttpHeaders,
  { node, requestId, attempts }: { node: number; requestId: string; attempts: number },
  { ownOrigin }: CallRoute,
): string[] {
  const named = namesIn(headers.connection);
  const passed: string[] = [];
  for (const [name, value] of Object.entries(headers)) {
    for (const one of Array.isArray(value) ? value : [value ?? ""])
      if (value !== undefined && !named.has(name) && isPassed(name, one, ownOrigin)) passed.push(name, one);
  }
  passed.push(callHeaders.node, String(node), callHeaders.requestId, requestId);
  passed.push(gatewayHeaders.attempts, String(attempts), ...corsHeaders);
  // A browser must not guess a type that runs scripts, and functions that share this origin share nothing else.
  passed.push("x-content-type-options", "nosniff");
  if (!ownOrigin) passed.push("content-security-policy", "sandbox allow-forms allow-scripts");
  return passed;
}

const ownNames = new Set<string>([callHeaders.node, callHeaders.requestId, gatewayHeaders.attempts]);

/** True if the caller says that the call may run twice. */
export function isIdempotent({ method, headers }: IncomingMessage): boolean {
  return method === "GET" || method === "HEAD" || headers[gatewayHeaders.idempotent] === "true";
}
