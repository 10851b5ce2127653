import Value from "typebox/value";
import { errorBodySchema } from "../api/schemas/service.ts";
import { MillraceError } from "../errors/MillraceError.ts";
import { callHeaders } from "./headers.ts";

/** What a worker answered. */
export interface CallAnswer {
  /** HTTP status: the function's own if it ended well */
  status: number;
  /** lower-case names */
  headers: Record<string, string>;
  body: Uint8Array;
  /** the node that answered */
  node: number;
  requestId: string | undefined;
  /** from sending to the last byte, in milliseconds */
  durationMs: number;
  /** what the function used, in units of fuel, as the node says; undefined if it did not come to an end */
  fuelUsed: bigint | undefined;
  /** the node's words if the function gave no answer */
  error: MillraceError | undefined;
}

/** How one try at one worker went. */
export type Attempt =
  | { kind: "answered"; answer: CallAnswer }
  /** the function did not run there: another worker may be asked */
  | { kind: "refused"; reason: string; requestId: string | undefined }
  /** nothing is known: the function may have run */
  | { kind: "interrupted"; reason: string; cause: unknown };

export interface AttemptParameters {
  node: number;
  url: string;
  init: RequestInit & { signal: AbortSignal };
}

/** A node's refusals before the function runs, which another worker may not share. */
export const callRefusals: ReadonlySet<string> = new Set([
  "node-draining",
  "deal-not-served",
  "not-ready",
  "module-refused",
  "deal-busy",
  "node-busy",
]);
/** Statuses that only refusals have, for an answer without a body (HEAD). */
const refusalStatuses = new Set([404, 503]);
/** The connection was never made, so the request was never sent. */
const notSent = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/**
 * Sends a call to one worker, once.
 * @throws whatever the signal was aborted with
 */
export async function attempt({ node, url, init }: AttemptParameters): Promise<Attempt> {
  const startedAt = performance.now();
  try {
    // A function may answer that the caller shall go elsewhere: with which headers is the caller's to decide.
    const response = await fetch(url, { ...init, redirect: "manual" });
    const body = new Uint8Array(await response.arrayBuffer());
    const durationMs = performance.now() - startedAt;
    const headers = Object.fromEntries(response.headers.entries());
    // What the function itself answers is no error, whatever status it chose.
    const isAnswer = response.ok || headers[callHeaders.outcome] === "ok";
    const error = isAnswer ? undefined : errorOfAnswer(response, body);
    const requestId = headers[callHeaders.requestId] ?? error?.requestId;
    const hasRun = headers[callHeaders.outcome] !== undefined;
    if (error !== undefined && !hasRun && isRefusal(error.code, response.status)) {
      return { kind: "refused", reason: error.shortMessage, requestId };
    }
    const { status } = response;
    const fuelUsed = parseFuel(headers[callHeaders.fuelUsed]);
    return {
      kind: "answered",
      answer: { status, headers, body, node, requestId, durationMs, fuelUsed, error },
    };
  } catch (cause) {
    init.signal.throwIfAborted();
    const reason = describe(cause);
    if (notSent.has(codeOf(cause))) return { kind: "refused", reason, requestId: undefined };
    return { kind: "interrupted", reason, cause };
  }
}

function errorOfAnswer(response: Response, body: Uint8Array): MillraceError {
  const requestId = response.headers.get(callHeaders.requestId) ?? undefined;
  const value = parseJson(body);
  const known = Value.Check(errorBodySchema, value) ? value.error : undefined;
  return new MillraceError({
    code: known?.code ?? "node-unexpected-answer",
    shortMessage: known?.message ?? `The node answered ${response.status}.`,
    nextStep: known?.nextStep,
    requestId: known?.requestId ?? requestId,
    retryable: response.status === 429 || response.status >= 502,
  });
}

function isRefusal(code: string, status: number): boolean {
  return callRefusals.has(code) || (code === "node-unexpected-answer" && refusalStatuses.has(status));
}

function parseFuel(header: string | undefined): bigint | undefined {
  return header !== undefined && /^\d{1,20}$/.test(header) ? BigInt(header) : undefined;
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

/** fetch hides the reason one or two causes deep, and tries several addresses of a name at once. */
function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  if (error instanceof AggregateError) {
    const codes = error.errors.map(codeOf);
    return codes.find((code) => !notSent.has(code)) ?? codes[0] ?? "";
  }
  return "cause" in error ? codeOf(error.cause) : "";
}

function describe(error: unknown): string {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  return code === "" ? message : `${message} (${code})`;
}
