import { MillraceError } from "@millrace/sdk";
import { Type, type Static, type TSchema } from "typebox";
import Value from "typebox/value";

const roles = ["indexer", "matcher", "keeper", "api"] as const;
export type Role = (typeof roles)[number];

const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

const wholeNumber = { description: "a whole number" };

/** One environment variable: how its text must look, and what it is when it isn't set. */
const variables = {
  RPC_URL: Type.String({ pattern: "^https?://", description: "the chain's RPC end, http:// or https://" }),
  DEPLOYMENT_FILE: Type.String({ minLength: 1, description: "the path of deployments/<network>.json" }),
  DATA_FOLDER: Type.String({ minLength: 1, description: "the path of a folder for the database and blobs" }),
  DATABASE_URL: Type.Optional(
    Type.String({
      pattern: "^postgres(ql)?://",
      description: "postgresql://user:password@host:port/database",
    }),
  ),
  HOST: Type.String({ minLength: 1, default: "127.0.0.1", description: "an address to listen on" }),
  PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 8080, description: "a port, 0 for a free one" }),
  FINALITY_DEPTH: Type.Union([Type.Integer({ minimum: 0, maximum: 100_000 }), Type.Literal("tag")], {
    default: 64,
    description: 'blocks below the head that count as final, or "tag" for what the chain calls finalized',
  }),
  MATCH_DEPTH: Type.Integer({ minimum: 0, maximum: 100_000, default: 0, ...wholeNumber }),
  POLL_INTERVAL_MS: Type.Integer({
    minimum: 10,
    maximum: 600_000,
    default: 1_000,
    description: "10 to 600000",
  }),
  ROLES: Type.String({
    pattern: `^(${roles.join("|")})(,(${roles.join("|")}))*$`,
    default: roles.join(","),
    description: `a list of ${roles.join(", ")} with commas and without spaces`,
  }),
  KEYSTORE: Type.Optional(Type.String({ minLength: 1, description: "the path of an encrypted key" })),
  KEYSTORE_PASSWORD_FILE: Type.Optional(
    Type.String({ minLength: 1, description: "the path of a file that holds the key's password" }),
  ),
  BLOB_MAX_MIB: Type.Integer({ minimum: 1, maximum: 1_024, default: 64, ...wholeNumber }),
  BLOB_QUOTA_MIB: Type.Integer({ minimum: 1, maximum: 1_048_576, default: 1_024, ...wholeNumber }),
  LOG_LEVEL: Type.Enum(logLevels, { default: "info", description: `one of ${logLevels.join(", ")}` }),
} as const;

const variableList = Object.entries<TSchema & { description: string; default?: unknown }>(variables);
const configSchema = Type.Object(variables);
type Variables = Static<typeof configSchema>;

export interface Config {
  rpcUrl: string;
  deploymentFile: string;
  dataFolder: string;
  databaseUrl: string | undefined;
  host: string;
  port: number;
  /** How the indexer tells final blocks: so many blocks below the head, or the chain's own word. */
  finality: { depth: number } | "tag";
  /** Blocks that an event must be below the head before the matcher acts on it. */
  matchDepth: number;
  pollIntervalMs: number;
  roles: ReadonlySet<Role>;
  keystore: { file: string; passwordFile: string } | undefined;
  blobMaxMiB: number;
  blobQuotaMiB: number;
  logLevel: (typeof logLevels)[number];
}

/**
 * Reads the configuration from environment variables; an empty one counts as not set.
 * @throws MillraceError `config-invalid` that names every wrong variable and what it should be
 */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const values: Record<string, unknown> = {};
  const faults: string[] = [];
  for (const [name, schema] of variableList) {
    const text = env[name] === "" ? undefined : env[name];
    const value: unknown = text === undefined ? schema.default : Value.Convert(schema, text);
    if (value === undefined && Type.IsOptional(schema)) continue;
    if (Value.Check(schema, value)) values[name] = value;
    else faults.push(`${name} ${faultOf(name, text)}; it must be ${schema.description}`);
  }
  if ((env["KEYSTORE"] ?? "") !== "" && (env["KEYSTORE_PASSWORD_FILE"] ?? "") === "")
    faults.push("KEYSTORE is set, but KEYSTORE_PASSWORD_FILE isn't; set both or none");
  if (faults.length > 0)
    throw new MillraceError({
      code: "config-invalid",
      shortMessage: `The configuration is wrong: ${faults.join(". ")}.`,
      nextStep: "Set the environment variable and start again.",
    });
  return toConfig(values as Variables);
}

function faultOf(name: string, text: string | undefined): string {
  if (text === undefined) return "isn't set";
  // A database's URL holds its password.
  return name === "DATABASE_URL" ? "can't be read" : `is "${text}"`;
}

function toConfig(values: Variables): Config {
  const { KEYSTORE, KEYSTORE_PASSWORD_FILE, FINALITY_DEPTH } = values;
  return {
    rpcUrl: values.RPC_URL,
    deploymentFile: values.DEPLOYMENT_FILE,
    dataFolder: values.DATA_FOLDER,
    databaseUrl: values.DATABASE_URL,
    host: values.HOST,
    port: values.PORT,
    finality: FINALITY_DEPTH === "tag" ? "tag" : { depth: FINALITY_DEPTH },
    matchDepth: values.MATCH_DEPTH,
    pollIntervalMs: values.POLL_INTERVAL_MS,
    // The pattern above lets nothing else through.
    roles: new Set(values.ROLES.split(",") as Role[]),
    keystore:
      KEYSTORE === undefined || KEYSTORE_PASSWORD_FILE === undefined
        ? undefined
        : { file: KEYSTORE, passwordFile: KEYSTORE_PASSWORD_FILE },
    blobMaxMiB: values.BLOB_MAX_MIB,
    blobQuotaMiB: values.BLOB_QUOTA_MIB,
    logLevel: values.LOG_LEVEL,
  };
}
