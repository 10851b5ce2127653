import Type from "typebox";
import { Value } from "typebox/value";
import { MachineError } from "./errors.ts";

const MAX_TRANSFER_MIB = 16;
const MAX_ENV_BYTES = 64 * 1024;

const limit = (maximum: number, fallback: number, description: string) =>
  Type.Integer({ minimum: 1, maximum, default: fallback, description });

const limitsSchema = Type.Object(
  {
    timeoutMs: limit(60_000, 10_000, "Longest time one call may run, in milliseconds"),
    memoryMiB: limit(1_024, 128, "Most linear memory one call may use, in MiB"),
    inputMiB: limit(MAX_TRANSFER_MIB, 16, "Largest request body, in MiB"),
    outputMiB: limit(MAX_TRANSFER_MIB, 16, "Largest answer, in MiB"),
    fuel: limit(1_000_000_000_000, 10_000_000_000, "Most fuel one call may use, in units"),
  },
  { additionalProperties: false, default: {} },
);

const manifestSchema = Type.Object(
  {
    name: Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$" }),
    contentType: Type.String({
      pattern: "^[!-~]+/[ -~]{1,200}$",
      default: "text/plain; charset=utf-8",
      description: "Content type of the answer",
    }),
    limits: limitsSchema,
    env: Type.Record(Type.String(), Type.String(), { default: {} }),
    answer: Type.Union([Type.Literal("body"), Type.Literal("cgi")], {
      default: "body",
      description: "What standard output is: the body, or response headers and the body",
    }),
    runtime: Type.Optional(Type.String({ minLength: 1, description: "The runtime that runs the script" })),
    script: Type.Optional(Type.String({ minLength: 1, description: "Path of the built script" })),
    build: Type.Optional(Type.String({ minLength: 1, description: "Shell command that builds the module" })),
    module: Type.Optional(Type.String({ minLength: 1, description: "Path of the built module" })),
  },
  { additionalProperties: false },
);

/** The most a function may use; one call, one fresh instance. */
export interface Limits {
  timeoutMs: number;
  memoryMiB: number;
  inputMiB: number;
  outputMiB: number;
  /** In units: about a machine instruction each (docs/machine.md). */
  fuel: number;
}

/** The settings of a function, as they stand in its `millrace.json`. */
export interface Manifest {
  name: string;
  contentType: string;
  limits: Limits;
  env: Record<string, string>;
  /** What standard output is: the body, or CGI response headers, an empty line and the body. */
  answer: "body" | "cgi";
  /** What runs the script, in a script's module: the CID of a module. In `millrace.json` also a name or a path. */
  runtime?: string;
  /** Path of the built script; for the command line only, never embedded. */
  script?: string;
  /** Shell command that builds the module; for the command line only, never embedded. */
  build?: string;
  /** Path of the built module; for the command line only, never embedded. */
  module?: string;
}

/** Variables of a call that a manifest may not set, besides every `HTTP_…`. */
const REQUEST_VARIABLES = new Set([
  ...["AUTH_TYPE", "CONTENT_LENGTH", "CONTENT_TYPE", "GATEWAY_INTERFACE", "PATH_INFO", "PATH_TRANSLATED"],
  ...["QUERY_STRING", "REMOTE_ADDR", "REMOTE_HOST", "REMOTE_IDENT", "REMOTE_USER", "REQUEST_ID"],
  ...["REQUEST_METHOD", "SCRIPT_NAME", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "SERVER_SOFTWARE"],
]);

/**
 * Checks a parsed `millrace.json` and fills in the defaults.
 * @param source the JSON value; it is not changed
 * @throws MachineError `invalid-manifest`, naming the first field that is wrong
 */
export function parseManifest(source: unknown): Manifest {
  if (typeof source !== "object" || source === null || Array.isArray(source)) {
    throw invalidManifest("The manifest must be a JSON object.");
  }
  const candidate: unknown = Value.Default(manifestSchema, Value.Clone(source));
  if (!Value.Check(manifestSchema, candidate)) {
    throw invalidManifest(`The manifest is not valid: ${describeProblem(candidate)}.`);
  }
  checkEnv(candidate.env);
  return candidate;
}

function describeProblem(candidate: unknown): string {
  const [first] = Value.Errors(manifestSchema, candidate);
  if (first === undefined) return "unknown problem";
  const field = first.instancePath.slice(1).replaceAll("/", ".");
  if (first.schemaPath.endsWith("/additionalProperties") && first.keyword === "boolean") {
    return `unknown field ${field}`;
  }
  return field === "" ? first.message : `${field} ${first.message}`;
}

function checkEnv(env: Record<string, string>): void {
  let sizeBytes = 0;
  for (const [key, value] of Object.entries(env)) {
    sizeBytes += key.length + value.length;
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) {
      throw invalidManifest(`env: ${JSON.stringify(key)} is not a name of letters, digits and underscores.`);
    }
    if (REQUEST_VARIABLES.has(key) || key.startsWith("HTTP_")) {
      throw invalidManifest(`env: ${key} is set from the request of each call and cannot be set here.`);
    }
    if (value.includes("\0")) throw invalidManifest(`env: the value of ${key} contains a zero byte.`);
  }
  if (sizeBytes > MAX_ENV_BYTES) throw invalidManifest("env: all names and values together exceed 64 KiB.");
}

/** The error for a manifest that cannot be used. */
export function invalidManifest(message: string, offset?: number, cause?: unknown): MachineError {
  return new MachineError({
    code: "invalid-manifest",
    message,
    nextStep: "Correct millrace.json and build the function again.",
    offset,
    cause,
  });
}
