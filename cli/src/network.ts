import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import Type, { type Static } from "typebox";
import { Value } from "typebox/value";
import { failure } from "./errors.ts";
import { homeFolder, readJson } from "./files.ts";

const path = Type.String({ minLength: 1 });

const networkSchema = Type.Object({
  rpcUrl: Type.String({ minLength: 1 }),
  apiUrl: Type.String({ minLength: 1 }),
  deployment: path,
  dashboardUrl: Type.Optional(Type.String()),
  accounts: Type.Optional(
    Type.Array(
      Type.Object({
        name: Type.String({ minLength: 1 }),
        address: Type.Unsafe<`0x${string}`>(Type.String({ pattern: "^0x[0-9a-fA-F]{40}$" })),
        keystore: path,
        passwordFile: path,
      }),
    ),
  ),
  nodes: Type.Optional(
    Type.Array(
      Type.Object({ nodeId: Type.Integer({ minimum: 1 }), endpoint: Type.String(), dataFolder: path }),
    ),
  ),
});

type NetworkFile = Static<typeof networkSchema>;

/** Where a network is reached; all paths absolute. */
export interface Network {
  /** The file that says so. */
  readonly file: string;
  readonly rpcUrl: string;
  readonly apiUrl: string;
  /** Path of the deployment record. */
  readonly deployment: string;
  readonly dashboardUrl: string | undefined;
  /** Keys that a devnet made, by name. */
  readonly accounts: NonNullable<NetworkFile["accounts"]>;
  /** Nodes that a devnet runs. */
  readonly nodes: NonNullable<NetworkFile["nodes"]>;
}

/** What decides which network a command uses. */
export interface NetworkChoice {
  /** The value of --network: a name or a path. */
  readonly chosen: string | undefined;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Finds and reads the network's file: --network, MILLRACE_NETWORK, or the nearest devnet upwards from here.
 * @throws MillraceError `network-missing` or `network-invalid`
 */
export async function loadNetwork({ chosen, cwd, env }: NetworkChoice): Promise<Network> {
  const name = chosen ?? (env["MILLRACE_NETWORK"] ? env["MILLRACE_NETWORK"] : undefined);
  const file = name === undefined ? findDevnet("devnet", cwd) : findNamed(name, cwd, env);
  if (file === undefined) throw missing(name);
  return parseNetwork(await readJson(file, "The network file"), file);
}

function findNamed(name: string, cwd: string, env: NodeJS.ProcessEnv): string | undefined {
  if (name.includes("/") || name.includes("\\") || name.endsWith(".json")) {
    const file = resolve(cwd, name);
    return existsSync(file) ? file : undefined;
  }
  const own = join(homeFolder(env), "networks", `${name}.json`);
  return existsSync(own) ? own : findDevnet(name, cwd);
}

function findDevnet(name: string, cwd: string): string | undefined {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const file = join(folder, ".millrace", name, "network.json");
    if (existsSync(file)) return file;
    if (folder === dirname(folder)) return undefined;
  }
}

function parseNetwork(content: unknown, file: string): Network {
  if (!Value.Check(networkSchema, content)) {
    const first = Value.Errors(networkSchema, content)[0];
    throw failure("network-invalid", `${file} does not describe a network.`, {
      details: first === undefined ? undefined : `${first.instancePath.slice(1)} ${first.message}`.trim(),
      nextStep: "It needs rpcUrl, apiUrl and deployment; see docs/cli.md, Networks.",
    });
  }
  const absolute = (relative: string) => resolve(dirname(file), relative);
  return {
    file,
    rpcUrl: content.rpcUrl,
    apiUrl: content.apiUrl.replace(/\/+$/, ""),
    deployment: absolute(content.deployment),
    dashboardUrl: content.dashboardUrl,
    accounts: (content.accounts ?? []).map((account) => ({
      ...account,
      keystore: absolute(account.keystore),
      passwordFile: absolute(account.passwordFile),
    })),
    nodes: (content.nodes ?? []).map((node) => ({ ...node, dataFolder: absolute(node.dataFolder) })),
  };
}

function missing(name: string | undefined) {
  return name === undefined
    ? failure("network-missing", "No network is chosen and no devnet runs in this folder or one above it.", {
        nextStep: "Start a devnet with npm start, or choose a network with --network <name or file>.",
      })
    : failure("network-missing", `There is no network "${name}".`, {
        nextStep: "Name a network file, or put one into the networks folder; see docs/cli.md, Networks.",
      });
}
