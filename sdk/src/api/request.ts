import Value from "typebox/value";
import type { Static, TSchema } from "typebox";
import pRetry from "p-retry";
import { MillraceError } from "../errors/MillraceError.ts";
import { errorBodySchema } from "./schemas/service.ts";

export interface RequestOptions {
  signal?: AbortSignal | undefined;
}

export interface ApiConnection {
  /** base URL without a slash at its end */
  url: string;
  /** how long one request may take, in milliseconds */
  timeoutMs: number;
  /** how often a GET is tried again if the server can't be reached */
  retries: number;
}

export interface ApiRequest extends RequestOptions {
  path: string;
  query?: Record<string, string | number | undefined> | undefined;
  /** sends it by POST: bytes as they are, anything else as JSON */
  body?: unknown;
  /** asks for the head of the answer only */
  head?: boolean | undefined;
}

/**
 * Sends a request and checks the answer's shape.
 * @throws MillraceError `api-unreachable`, `api-timeout`, `api-unexpected-answer`, or the server's own error
 */
export async function requestJson<T extends TSchema>(
  connection: ApiConnection,
  schema: T,
  request: ApiRequest,
): Promise<Static<T>> {
  const response = await requestRaw(connection, request);
  const value: unknown = await response.json().catch(() => undefined);
  if (Value.Check(schema, value)) return value;
  const [first] = Value.Errors(schema, value);
  throw unexpectedAnswer(
    response,
    first === undefined ? "" : `${first.instancePath || "/"} ${first.message}.`,
  );
}

/**
 * Sends a request and returns its successful answer.
 * @throws MillraceError `api-unreachable`, `api-timeout`, `api-unexpected-answer`, or the server's own error
 */
export async function requestRaw(connection: ApiConnection, request: ApiRequest): Promise<Response> {
  const response = await requestAny(connection, request);
  if (response.ok) return response;
  throw await errorOfResponse(response);
}

/**
 * Asks whether there is something at a path.
 * @throws MillraceError `api-unreachable`, `api-timeout`, or `api-unexpected-answer` where it cannot be told
 */
export async function exists(connection: ApiConnection, request: ApiRequest): Promise<boolean> {
  const response = await requestAny(connection, { ...request, head: true });
  if (response.ok || response.status === 404) return response.ok;
  throw unexpectedAnswer(response, "");
}

async function requestAny(connection: ApiConnection, request: ApiRequest): Promise<Response> {
  const url = new URL(connection.url + request.path);
  for (const [key, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) url.searchParams.set(key, String(value));
  }
  const retries = request.body === undefined ? connection.retries : 0;
  return pRetry(() => fetchOnce(connection, url, request), {
    retries,
    minTimeout: 100,
    maxTimeout: 1000,
    shouldRetry: ({ error }) => error instanceof MillraceError && error.code === "api-unreachable",
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
}

/** The error that an answer tells of, in the one error shape of backend and nodes. */
async function errorOfResponse(response: Response): Promise<MillraceError> {
  const value: unknown = await response.json().catch(() => undefined);
  if (!Value.Check(errorBodySchema, value)) return unexpectedAnswer(response, "");
  const { code, message, nextStep, requestId } = value.error;
  return new MillraceError({
    code,
    shortMessage: message,
    nextStep,
    requestId,
    retryable: response.status === 429 || response.status >= 500,
  });
}

async function fetchOnce(
  connection: ApiConnection,
  url: URL,
  { body, signal, head = false }: ApiRequest,
): Promise<Response> {
  const timeout = AbortSignal.timeout(connection.timeoutMs);
  const bytes = body instanceof Uint8Array;
  try {
    return await fetch(url, {
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      ...(body === undefined
        ? { method: head ? "HEAD" : "GET" }
        : {
            method: "POST",
            headers: { "content-type": bytes ? "application/octet-stream" : "application/json" },
            body: bytes ? new Uint8Array(body) : JSON.stringify(body),
          }),
    });
  } catch (cause) {
    signal?.throwIfAborted();
    const timedOut = timeout.aborted;
    throw new MillraceError({
      code: timedOut ? "api-timeout" : "api-unreachable",
      shortMessage: timedOut
        ? `${url.origin} did not answer within ${connection.timeoutMs / 1000} s.`
        : `${url.origin} can't be reached.`,
      nextStep: "Check that the backend runs and that its URL is right.",
      retryable: true,
      cause,
    });
  }
}

function unexpectedAnswer(response: Response, details: string): MillraceError {
  return new MillraceError({
    code: "api-unexpected-answer",
    shortMessage: `${response.url} answered ${response.status} with something this client doesn't know.`,
    details: details === "" ? undefined : details,
    nextStep: "Check that the URL is a Millrace backend of a matching version.",
  });
}
