import { option, many, optionOr } from "../command.ts";
import type { Context } from "../context.ts";
import { UsageError } from "../errors.ts";
import { readInput } from "../files.ts";
import { header, httpMethod, text, units, type HttpMethod } from "../parse.ts";

/** The options that describe a request, for tests and for real calls. */
export const requestOptions = {
  body: option("-d, --body <text>", "request body; @file reads a file, @- standard input", text),
  file: option("--file <path>", "file to send as the request body", text),
  path: optionOr("--path <path>", "path below the function's address, with its query", text, "", "none"),
  method: option("-X, --method <method>", "HTTP method", httpMethod, "POST with a body, else GET"),
  header: many("-H, --header <name: value>", "request header, may be given several times", header),
  fuel: option("--fuel <units>", "most fuel the call may use", units, "limits.fuel of its millrace.json"),
} as const;

interface RequestValues {
  readonly body: string | undefined;
  readonly file: string | undefined;
  readonly path: string;
  readonly method: HttpMethod | undefined;
  readonly header: readonly (readonly [string, string])[];
}

/** A request as its options describe it. */
export interface RequestParts {
  readonly method: HttpMethod;
  /** Empty, or begins with a slash; no query. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/**
 * Reads the request that the options describe.
 * @throws UsageError for options that exclude each other; MillraceError `file-unreadable`
 */
export async function readRequest(context: Context, values: RequestValues): Promise<RequestParts> {
  if (values.body !== undefined && values.file !== undefined)
    throw new UsageError("Give --body or --file, not both.");
  const body = await readBody(context, values);
  const [path = "", ...query] = values.path.split("?");
  return {
    method: values.method ?? (body === undefined ? "GET" : "POST"),
    path: path === "" || path.startsWith("/") ? path : `/${path}`,
    query: query.join("?"),
    headers: Object.fromEntries(values.header),
    body: body ?? new Uint8Array(),
  };
}

/** True if any of the options describes a request. */
export function isRequestGiven({ body, file, path, method, header: headers }: RequestValues): boolean {
  return [body, file, method].some((value) => value !== undefined) || path !== "" || headers.length > 0;
}

async function readBody(context: Context, { body, file }: RequestValues): Promise<Uint8Array | undefined> {
  const named = file ?? (body?.startsWith("@") ? body.slice(1) : undefined);
  if (named === undefined) return body === undefined ? undefined : new TextEncoder().encode(body);
  if (named !== "-") return readInput(context.path(named), "The request body");
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

/** An answer's body for `--json`: as text where it is text, else in base64. */
export function bodyData(body: Uint8Array): { body: string } | { bodyBase64: string } {
  try {
    return { body: new TextDecoder("utf-8", { fatal: true }).decode(body) };
  } catch {
    return { bodyBase64: Buffer.from(body).toString("base64") };
  }
}

/** On a terminal the prompt must not follow the answer on its line; elsewhere the bytes are the answer's own. */
export function withLineEnd(output: Uint8Array): Uint8Array {
  const needed = process.stdout.isTTY && output.length > 0 && output.at(-1) !== 10;
  return needed ? Buffer.concat([output, Buffer.from("\n")]) : output;
}
