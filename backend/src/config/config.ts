import { BlockList, isIP } from "node:net";
import { MillraceError } from "@millrace/sdk";
import { Type, type Static } from "typebox";
import Value from "typebox/value";
import { parseEther } from "viem";
import type { DemandRules } from "../scaler/demand.ts";

const roles = ["indexer", "matcher", "keeper", "scaler", "api", "gateway"] as const;
export type Role = (typeof roles)[number];
/** What one process does unless ROLES says otherwise; gateway and scaler are asked for by name. */
const defaultRoles = "indexer,matcher,keeper,api";

const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

const configSchema = Type.Object({
  RPC_URL: Type.String({ pattern: "^https?://" }),
  DEPLOYMENT_FILE: Type.String(),
  DATA_FOLDER: Type.String(),
  DATABASE_URL: Type.Optional(Type.String({ pattern: "^postgres(ql)?://" })),
  HOST: Type.String({ default: "127.0.0.1" }),
  PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 8080 }),
  TRUSTED_PROXIES: Type.Optional(Type.String()),
  FINALITY_DEPTH: Type.Union([Type.Integer({ minimum: 0, maximum: 100_000 }), Type.Literal("tag")], {
    default: 64,
  }),
  MATCH_DEPTH: Type.Integer({ minimum: 0, maximum: 100_000, default: 0 }),
  POLL_INTERVAL_MS: Type.Integer({ minimum: 10, maximum: 600_000, default: 1_000 }),
  ROLES: Type.String({
    pattern: `^(${roles.join("|")})(,(${roles.join("|")}))*$`,
    default: defaultRoles,
  }),
  GATEWAY_PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 8090 }),
  GATEWAY_HOST_SUFFIX: Type.Optional(Type.String({ pattern: "^[a-z0-9][a-z0-9.-]{0,199}$" })),
  GATEWAY_ALLOW_PRIVATE_NODES: Type.Boolean({ default: false }),
  GAS_CAP_PER_HOUR: Type.String({ pattern: "^\\d{1,9}(\\.\\d{1,18})?$", default: "1" }),
  SETTLE_AFTER_EPOCHS: Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 }),
  CHALLENGE_MATCHES: Type.Boolean({ default: true }),
  SCALE_GATEWAYS: Type.Optional(Type.String({ pattern: "^https?://[^,\\s]+(,https?://[^,\\s]+)*$" })),
  SCALE_UP_CALLS: Type.Integer({ minimum: 1, maximum: 10_000, default: 16 }),
  SCALE_UP_SECONDS: Type.Integer({ minimum: 1, maximum: 86_400, default: 30 }),
  SCALE_DOWN_CALLS: Type.Integer({ minimum: 1, maximum: 5_000, default: 4 }),
  SCALE_DOWN_SECONDS: Type.Integer({ minimum: 1, maximum: 604_800, default: 900 }),
  KEYSTORE: Type.Optional(Type.String()),
  KEYSTORE_PASSWORD_FILE: Type.Optional(Type.String()),
  BLOB_MAX_MIB: Type.Integer({ minimum: 1, maximum: 1_024, default: 64 }),
  BLOB_QUOTA_MIB: Type.Integer({ minimum: 1, maximum: 1_048_576, default: 1_024 }),
  LOG_LEVEL: Type.Enum(logLevels, { default: "info" }),
});
type Variables = Static<typeof configSchema>;

/** What each variable must be, for the person who set it wrongly. */
const help: Readonly<Record<keyof Variables, string>> = {
  RPC_URL: "the chain's RPC end, http:// or https://",
  DEPLOYMENT_FILE: "the path of deployments/<network>.json",
  DATA_FOLDER: "the path of a folder for the database and the blobs",
  DATABASE_URL: "postgresql://user:password@host:port/database",
  HOST: "an address to listen on",
  PORT: "a port from 0 (any free one) to 65535",
  TRUSTED_PROXIES:
    "addresses of your reverse proxies, or ranges of them, with commas and without spaces, such as 127.0.0.1,10.0.0.0/8",
  FINALITY_DEPTH:
    'blocks below the head that count as final, 0 to 100000, or "tag" for the chain\'s own word',
  MATCH_DEPTH: "blocks from 0 to 100000",
  POLL_INTERVAL_MS: "milliseconds from 10 to 600000",
  ROLES: `a list of ${roles.join(", ")} with commas and without spaces`,
  GATEWAY_PORT: "a port from 0 (any free one) to 65535",
  GATEWAY_HOST_SUFFIX: "the end of the host names that deals are called by, such as run.example.org",
  GATEWAY_ALLOW_PRIVATE_NODES: '"true" on a devnet, where nodes have addresses of this machine, or "false"',
  GAS_CAP_PER_HOUR: "coins of the chain that matcher and keeper may pay for gas in any hour, such as 0.5",
  SETTLE_AFTER_EPOCHS:
    "completed epochs after which the keeper settles a worker, 0 (never before its end) to 1000000",
  CHALLENGE_MATCHES: '"true", and the keeper challenges matches of others, or "false"',
  SCALE_GATEWAYS: "URLs of gateways with commas and without spaces, such as http://10.0.0.5:8090",
  SCALE_UP_CALLS: "calls from 1 to 10000",
  SCALE_UP_SECONDS: "seconds from 1 to 86400",
  SCALE_DOWN_CALLS: "calls from 1 to 5000",
  SCALE_DOWN_SECONDS: "seconds from 1 to 604800",
  KEYSTORE: "the path of an encrypted key",
  KEYSTORE_PASSWORD_FILE: "the path of a file that holds the key's password",
  BLOB_MAX_MIB: "MiB from 1 to 1024",
  BLOB_QUOTA_MIB: "MiB from 1 to 1048576",
  LOG_LEVEL: `one of ${logLevels.join(", ")}`,
};
const names = Object.keys(help) as (keyof Variables)[];

export interface Config {
  rpcUrl: string;
  deploymentFile: string;
  dataFolder: string;
  databaseUrl: string | undefined;
  host: string;
  port: number;
  /** Addresses and ranges whose word counts on who called them (X-Forwarded-For). */
  trustedProxies: readonly string[];
  /** How the indexer tells final blocks: so many blocks below the head, or the chain's own word. */
  finality: { depth: number } | "tag";
  /** Blocks that an event must be below the head before the matcher acts on it. */
  matchDepth: number;
  pollIntervalMs: number;
  roles: ReadonlySet<Role>;
  gatewayPort: number;
  /** The end of the host names that deals are called by; undefined: by path only. */
  gatewayHostSuffix: string | undefined;
  /** Gateway and probes call nodes whose addresses lead into this machine or its network. */
  allowPrivateNodes: boolean;
  /** Wei that matcher and keeper may pay for gas in any hour. */
  gasCapPerHour: bigint;
  /** Completed unsettled epochs after which the keeper settles a running worker; 0: never. */
  settleAfterEpochs: number;
  /** The keeper looks for cheaper nodes for workers that others matched. */
  challengeMatches: boolean;
  scale: {
    /** Gateways besides the one in this process whose calls count. */
    gateways: readonly string[];
    rules: DemandRules;
  };
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
  const given = Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  // A gateway alone keeps nothing.
  if (given["ROLES"] === "gateway") given["DATA_FOLDER"] ??= ".";
  const values: unknown = Value.Convert(configSchema, Value.Default(configSchema, given));
  const faults = faultsOf(values, env);
  if (faults.length === 0 && Value.Check(configSchema, values)) {
    const config = toConfig(values);
    const contradictions = contradictionsOf(config);
    if (contradictions.length === 0) return config;
    faults.push(...contradictions);
  }
  throw new MillraceError({
    code: "config-invalid",
    shortMessage: `The configuration is wrong: ${faults.join(". ")}.`,
    nextStep: "Set the environment variable and start again.",
  });
}

function faultsOf(values: unknown, env: Readonly<Record<string, string | undefined>>): string[] {
  const wrong = new Set(Value.Errors(configSchema, values).map((error) => error.instancePath.split("/")[1]));
  if (!proxiesOf(env["TRUSTED_PROXIES"]).every(isAddressRange)) wrong.add("TRUSTED_PROXIES");
  const isMissing = (name: keyof Variables) =>
    configSchema.required.some((required) => required === name) && !hasKey(values, name);
  const faults = names
    .filter((name) => wrong.has(name) || isMissing(name))
    .map((name) => `${name} ${faultOf(name, env[name])}; it must be ${help[name]}`);
  if (env["KEYSTORE"] && !env["KEYSTORE_PASSWORD_FILE"])
    faults.push("KEYSTORE is set, but KEYSTORE_PASSWORD_FILE isn't; set both or none");
  return faults;
}

function contradictionsOf({ roles: own, scale }: Config): string[] {
  if (!own.has("scaler")) return [];
  const { upCalls, downCalls } = scale.rules;
  return [
    ...(own.has("gateway") || scale.gateways.length > 0
      ? []
      : ["the role scaler has no gateway to ask; add the role gateway, or set SCALE_GATEWAYS"]),
    ...(2 * downCalls <= upCalls
      ? []
      : ["SCALE_DOWN_CALLS is more than half of SCALE_UP_CALLS, and targets would swing"]),
  ];
}

function hasKey(values: unknown, name: string): boolean {
  return typeof values === "object" && values !== null && name in values;
}

function faultOf(name: string, text: string | undefined): string {
  if (text === undefined || text === "") return "isn't set";
  // A database's URL holds its password, an RPC end's often a key.
  return name === "DATABASE_URL" || name === "RPC_URL" ? "can't be read" : `is "${text}"`;
}

const proxiesOf = (list: string | undefined): string[] => (list ? list.split(",") : []);

/** Whether it is an address, or one with the length of its network's part. */
function isAddressRange(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  if (!/^\d{1,3}$/.test(bits)) return false;
  try {
    new BlockList().addSubnet(address, Number(bits), family === 4 ? "ipv4" : "ipv6");
    return true;
  } catch {
    return false;
  }
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
    trustedProxies: proxiesOf(values.TRUSTED_PROXIES),
    finality: FINALITY_DEPTH === "tag" ? "tag" : { depth: FINALITY_DEPTH },
    matchDepth: values.MATCH_DEPTH,
    pollIntervalMs: values.POLL_INTERVAL_MS,
    // The pattern above lets nothing else through.
    roles: new Set(values.ROLES.split(",") as Role[]),
    gatewayPort: values.GATEWAY_PORT,
    gatewayHostSuffix: values.GATEWAY_HOST_SUFFIX,
    allowPrivateNodes: values.GATEWAY_ALLOW_PRIVATE_NODES,
    gasCapPerHour: parseEther(values.GAS_CAP_PER_HOUR),
    settleAfterEpochs: values.SETTLE_AFTER_EPOCHS,
    challengeMatches: values.CHALLENGE_MATCHES,
    scale: {
      gateways: values.SCALE_GATEWAYS?.split(",").map((url) => url.replace(/\/+$/, "")) ?? [],
      rules: {
        upCalls: values.SCALE_UP_CALLS,
        upAfterMs: values.SCALE_UP_SECONDS * 1_000,
        downCalls: values.SCALE_DOWN_CALLS,
        downAfterMs: values.SCALE_DOWN_SECONDS * 1_000,
      },
    },
    keystore:
      KEYSTORE === undefined || KEYSTORE_PASSWORD_FILE === undefined
        ? undefined
        : { file: KEYSTORE, passwordFile: KEYSTORE_PASSWORD_FILE },
    blobMaxMiB: values.BLOB_MAX_MIB,
    blobQuotaMiB: values.BLOB_QUOTA_MIB,
    logLevel: values.LOG_LEVEL,
  };
}
