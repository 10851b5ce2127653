import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CallResult, Sandbox } from "@millrace/sandbox";
import Type, { type Static } from "typebox";
import { Value } from "typebox/value";
import { failure } from "../errors.ts";
import { readInput, readJson } from "../files.ts";

/** Where a function's folder holds its test cases. */
export const casesFile = join("test", "cases.json");

const closed = { additionalProperties: false };
const bodyFields = {
  /** Text. */
  body: Type.Optional(Type.String()),
  /** A file in the folder of the cases, for what is no text. */
  bodyFile: Type.Optional(Type.String({ minLength: 1 })),
};
const casesSchema = Type.Array(
  Type.Object(
    {
      name: Type.String({ minLength: 1 }),
      request: Type.Optional(
        Type.Object(
          {
            method: Type.Optional(Type.String({ pattern: "^[A-Z]{1,10}$" })),
            /** With its query. */
            path: Type.Optional(Type.String({ pattern: "^/" })),
            headers: Type.Optional(Type.Record(Type.String(), Type.String())),
            ...bodyFields,
          },
          closed,
        ),
      ),
      /** What is not named here may be anything, but the status. */
      answer: Type.Object(
        {
          /** 500 where the function fails. */
          status: Type.Optional(Type.Integer({ minimum: 200, maximum: 599 })),
          /** Of those that it has. */
          headers: Type.Optional(Type.Record(Type.String(), Type.String())),
          /** All of what the function writes to stderr. */
          log: Type.Optional(Type.String()),
          ...bodyFields,
        },
        closed,
      ),
    },
    closed,
  ),
  { minItems: 1 },
);
type Case = Static<typeof casesSchema>[number];

/** How a case ended. `problems` is empty if the answer was the expected one. */
export interface CaseResult {
  readonly name: string;
  readonly durationMs: number;
  /** In units; undefined if the call did not come to an end. */
  readonly fuelUsed: bigint | undefined;
  readonly problems: readonly string[];
}

/**
 * Runs every case of a function's folder, one after the other; undefined if the folder has no cases.
 * @throws MillraceError `cases-invalid`, `json-invalid` or `file-unreadable`
 */
export async function runCases(
  folder: string,
  { sandbox, fuel }: { sandbox: Sandbox; fuel?: bigint | undefined },
): Promise<CaseResult[] | undefined> {
  const file = join(folder, casesFile);
  if (!existsSync(file)) return undefined;
  const cases = await readJson(file, "The function's test cases");
  if (!Value.Check(casesSchema, cases)) {
    const [first] = Value.Errors(casesSchema, cases);
    throw failure("cases-invalid", `The test cases are not valid: ${file}`, {
      details: first === undefined ? undefined : `${first.instancePath} ${first.message}`.trim(),
      nextStep: "Correct the file; millrace function test --help says what a case holds.",
    });
  }
  const results: CaseResult[] = [];
  for (const each of cases) results.push(await runCase(each, { folder: dirname(file), sandbox, fuel }));
  return results;
}

async function runCase(
  { name, request = {}, answer }: Case,
  { folder, sandbox, fuel }: { folder: string; sandbox: Sandbox; fuel: bigint | undefined },
): Promise<CaseResult> {
  const body = await readBody(request, folder);
  const expected = await readBody(answer, folder);
  const [path = "", ...query] = (request.path ?? "").split("?");
  const result = await sandbox.call({
    requestId: crypto.randomUUID(),
    method: request.method ?? (body === undefined ? "GET" : "POST"),
    path,
    query: query.join("?"),
    headers: request.headers ?? {},
    body: body ?? new Uint8Array(),
    ...(fuel === undefined ? {} : { fuelLimit: fuel }),
  });
  const { durationMs, fuelUsed } = result;
  return { name, durationMs, fuelUsed, problems: compare(result, answer, expected) };
}

async function readBody(
  { body, bodyFile }: { body?: string; bodyFile?: string },
  folder: string,
): Promise<Uint8Array | undefined> {
  if (bodyFile !== undefined) return readInput(join(folder, bodyFile), "The body of a test case");
  return body === undefined ? undefined : new TextEncoder().encode(body);
}

function compare(result: CallResult, answer: Case["answer"], expected: Uint8Array | undefined): string[] {
  const { status = 200, headers = {}, log } = answer;
  const problems: string[] = [];
  const got = statusOf(result);
  const body = result.answer?.body ?? result.output;
  if (got !== status) {
    const reason = [result.message, result.stderr.trim()].filter((part) => part).join(" ");
    problems.push(`status: expected ${status}, got ${got} ${result.outcome}${reason && `: ${reason}`}`);
  } else if (expected !== undefined && Buffer.compare(expected, body) !== 0)
    problems.push(`body: expected ${show(expected)}\n      got      ${show(body)}`);
  for (const [name, value] of Object.entries(headers)) {
    const has = (result.answer?.headers ?? [])
      .filter(([each]) => each === name.toLowerCase())
      .map(([, each]) => each);
    if (!has.includes(value))
      problems.push(
        `header ${name}: expected ${JSON.stringify(value)}, got ${has.map((each) => JSON.stringify(each)).join(", ") || "none"}`,
      );
  }
  if (log !== undefined && log !== result.stderr)
    problems.push(`log: expected ${JSON.stringify(log)}\n     got      ${JSON.stringify(result.stderr)}`);
  return problems;
}

/** The status that a caller gets: the function's own, or 500 where it fails. */
export function statusOf({ answer }: CallResult): number {
  return answer?.status ?? 500;
}

const mostShown = 400;

/** A body on one line: text as a JSON string, other bytes by their number. */
function show(bytes: Uint8Array): string {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.length > mostShown
      ? `${JSON.stringify(text.slice(0, mostShown))}… (${bytes.length} bytes)`
      : JSON.stringify(text);
  } catch {
    return `${bytes.length} bytes that are no text`;
  }
}
