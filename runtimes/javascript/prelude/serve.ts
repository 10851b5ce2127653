import { Body, contentBytes } from "./body.ts";
import { Headers } from "./headers.ts";
import { describeError, inspect } from "./inspect.ts";
import { natives } from "./natives.ts";
import { createRequest } from "./request.ts";
import type { Request } from "./request.ts";
import { Response } from "./response.ts";

type Handler = (request: Request, env: Record<string, string>, context: Context) => unknown;
type Answer = [head: string | Uint8Array, body: string | Uint8Array];
interface Context {
  waitUntil: (work: unknown) => void;
}

const STATUS_TEXTS: Record<number, string> = {
  ...{ 200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 206: "Partial Content" },
  ...{ 301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified" },
  ...{ 307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized" },
  ...{ 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 409: "Conflict", 410: "Gone" },
  ...{ 413: "Content Too Large", 415: "Unsupported Media Type", 422: "Unprocessable Content" },
  ...{ 429: "Too Many Requests", 500: "Internal Server Error", 501: "Not Implemented" },
  ...{ 502: "Bad Gateway", 503: "Service Unavailable" },
};

/** Rejected promises that nobody handles, with their reasons. */
const rejections = new Map<object, unknown>();

export function trackRejection(promise: object, reason: unknown, isHandled: boolean): void {
  if (isHandled) rejections.delete(promise);
  else rejections.set(promise, reason);
}

/**
 * Answers the call with the script's handler.
 * @returns the head of a CGI response, and its body
 */
export async function serve(exports: Record<string, unknown>, loaded: Promise<unknown>): Promise<Answer> {
  await loaded;
  const handler = findHandler(exports["default"]);
  const { request, env } = readCall();
  const pending: unknown[] = [];
  const response = await handler(request, env, { waitUntil: (work) => void pending.push(work) });
  if (!(response instanceof Response))
    throw new TypeError(
      `The handler returned ${inspect(response, 1)}; it must return a Response, or a promise of one.`,
    );
  const content = response.body === null ? "" : Body.takeContent(response);
  await finish(pending);
  for (const reason of rejections.values())
    natives.log(`A promise was rejected and nobody handled it: ${describeError(reason)}\n`);
  return [renderHead(response), typeof content === "string" ? content : contentBytes(content)];
}

/** Waits for what the handler gave to `waitUntil`, also from there; failures are logged only. */
async function finish(pending: unknown[]): Promise<void> {
  while (pending.length > 0) {
    const [result] = await Promise.allSettled([pending.shift()]);
    if (result.status === "rejected") natives.log(`waitUntil: ${describeError(result.reason)}\n`);
  }
}

function findHandler(exported: unknown): Handler {
  if (typeof exported === "function") return exported as Handler;
  const { fetch } = (exported ?? {}) as { fetch?: Handler };
  if (typeof fetch === "function") return fetch.bind(exported);
  throw new TypeError(
    "The script exports no handler: write `export default { fetch(request, env) { … } }` or `export default function (request) { … }`.",
  );
}

function readCall(): { request: Request; env: Record<string, string> } {
  const [cgi, headers, env] = natives.environment();
  const type = cgi["CONTENT_TYPE"];
  const length = cgi["CONTENT_LENGTH"];
  if (type !== undefined) headers["content-type"] = type;
  if (length !== undefined) headers["content-length"] = length;
  const query = cgi["QUERY_STRING"] ? `?${cgi["QUERY_STRING"]}` : "";
  const host = headers["host"] ?? cgi["SERVER_NAME"] ?? "localhost";
  const request = createRequest({
    url: `https://${host}${cgi["PATH_INFO"] || "/"}${query}`,
    method: cgi["REQUEST_METHOD"] ?? "GET",
    headers: Headers.ofCall(headers),
    content: length === undefined ? undefined : () => natives.readBody(),
  });
  return { request, env };
}

/** Characters of headers are bytes. */
function renderHead({ status, statusText, headers }: Response): string | Uint8Array {
  const text = statusText || STATUS_TEXTS[status] || "";
  let head = `Status: ${status}${text === "" ? "" : ` ${text}`}\r\n`;
  for (const pair of Headers.list(headers)) head += `${pair[0]}: ${pair[1]}\r\n`;
  head += "\r\n";
  // Whether all is ASCII.
  return /^[\0-\x7f]*$/.test(head) ? head : Uint8Array.from(head, (character) => character.charCodeAt(0));
}
