import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { connect, MillraceError, type Chain } from "@millrace/sdk";
import { readDeployment, readKeystore } from "@millrace/sdk/node";
import type { Logger } from "pino";
import type { Hex } from "viem";
import type { ApiParameters } from "./api/types.ts";
import { buildApp } from "./app.ts";
import { openBlobStore } from "./blobs/blobStore.ts";
import { rpcSource } from "./chain/rpcSource.ts";
import type { Config, Role } from "./config/config.ts";
import { createConnector, type Connector } from "./connector.ts";
import { startGatewayRole } from "./gatewayRole.ts";
import { startIndexer, type Indexer } from "./indexer/indexer.ts";
import { createKeeper } from "./keeper/keeper.ts";
import { createMatcher, type Matcher } from "./matcher/matcher.ts";
import { startPart, type Part, type PartState } from "./part.ts";
import { openStore } from "./store/open.ts";
import type { Store } from "./store/store.ts";

/** A running backend. */
export interface Backend {
  /** Where the API listens; undefined without the role. */
  readonly url: string | undefined;
  /** Where the gateway listens; undefined without the role. */
  readonly gatewayUrl: string | undefined;
  /** Rejects on what no waiting cures, such as the wrong chain. */
  readonly failed: Promise<never>;
  /** Ends what is under way, then closes everything. */
  close: () => Promise<void>;
}

interface Context {
  readonly config: Config;
  readonly log: Logger;
  readonly store: Store;
  readonly connector: Connector;
  /** The chain once it is reached; rejects when the process ends before. */
  readonly connected: Promise<Chain>;
}

/** Something that runs and is part of health. */
interface Running {
  readonly state: () => PartState;
  /** Stops taking up new work and waits for the old, but not for ever. */
  readonly stop: () => Promise<void>;
}

const mebibyte = 2 ** 20;
/** Transactions that were sent go on without us: after a restart the chain tells how they went. */
const maxDrainMs = 5_000;

/**
 * Starts the roles. An unreachable chain is waited for, whatever else is wrong throws.
 * @throws {@link MillraceError} for a fault that the operator can cure
 */
export async function startBackend(config: Config, log: Logger): Promise<Backend> {
  if (!config.roles.has("gateway")) return startStored(config, log);
  const gateway = await startGatewayRole(config, log);
  if (config.roles.size === 1) return { ...gateway, url: undefined, gatewayUrl: gateway.url };
  try {
    const stored = await startStored(config, log);
    return {
      url: stored.url,
      gatewayUrl: gateway.url,
      failed: Promise.race([stored.failed, gateway.failed]),
      async close() {
        await Promise.all([gateway.close(), stored.close()]);
      },
    };
  } catch (error) {
    await gateway.close();
    throw error;
  }
}

/** Opens the data folder and starts the roles that need it: all but the gateway. */
async function startStored(config: Config, log: Logger): Promise<Backend> {
  const deployment = await readDeployment(config.deploymentFile);
  const privateKey = await readWallet(config);
  const { rpcUrl, dataFolder, databaseUrl, pollIntervalMs } = config;
  const store = await openStore({ deployment, dataFolder, databaseUrl });
  const connector = createConnector(
    () => connect({ rpcUrl, deployment, privateKey, pollingIntervalMs: Math.min(pollIntervalMs, 1_000) }),
    log,
  );
  const abort = new AbortController();
  const connected = connector.untilConnected(abort.signal);
  const context: Context = { config, log, store, connector, connected };
  const running = new Map<string, Running>();
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  try {
    const matcher = startRoles(context, running);
    connected.then(
      () => log.info({ chainId: deployment.chainId, rpcUrl }, "connected to the chain"),
      (error: unknown) => abort.signal.aborted || fail(error),
    );
    const api = config.roles.has("api") ? await startApi(context, running, matcher) : undefined;
    return {
      url: api?.url,
      gatewayUrl: undefined,
      failed,
      async close() {
        abort.abort();
        await api?.close();
        await Promise.all([...running.values()].map((part) => part.stop()));
        await store.close();
      },
    };
  } catch (error) {
    abort.abort();
    await Promise.all([...running.values()].map((part) => part.stop()));
    await store.close();
    throw error;
  }
}

/** The roles but the API, by name. */
function startRoles(context: Context, running: Map<string, Running>): Matcher | undefined {
  const { config, log, store, connector } = context;
  const { roles, matchDepth, pollIntervalMs: intervalMs } = config;
  if (roles.has("indexer")) running.set("indexer", startIndexing(context));
  const start = (role: Role, { step, trouble, idle }: Omit<Matcher, "hindrance">): void => {
    const part = startPart({ step, trouble, intervalMs, log: log.child({ part: role }) });
    running.set(role, { state: part.state, stop: () => stopPart(part, idle) });
  };
  if (roles.has("keeper"))
    start("keeper", createKeeper({ store, chain: connector.chain, log: log.child({ part: "keeper" }) }));
  if (!roles.has("matcher")) return undefined;
  const matcherLog = log.child({ part: "matcher" });
  const matcher = createMatcher({ store, chain: connector.chain, matchDepth, log: matcherLog });
  start("matcher", matcher);
  return matcher;
}

async function stopPart(part: Part, idle: () => Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), maxDrainMs);
  await Promise.race([part.stop().then(idle), late]);
  clearTimeout(timer);
}

/** The indexer starts once the chain is reached. */
function startIndexing({ config, log, store, connected }: Context): Running {
  let indexer: Indexer | undefined;
  const starting = connected.then(
    (chain) => {
      indexer = startIndexer({
        store,
        source: rpcSource(chain),
        finality: config.finality,
        pollIntervalMs: config.pollIntervalMs,
        logger: log.child({ part: "indexer" }),
      });
    },
    () => undefined, // startBackend says why
  );
  return {
    state() {
      const { status, reason = "Waiting for the chain." } = indexer?.health() ?? { status: "degraded" };
      return status === "ok" ? { ok: true } : { ok: false, reason };
    },
    async stop() {
      await starting;
      await indexer?.stop();
    },
  };
}

async function startApi(
  { config, log, store, connector }: Context,
  running: ReadonlyMap<string, Running>,
  matcher: Matcher | undefined,
): Promise<{ url: string; close: () => Promise<void> }> {
  const blobMaxBytes = config.blobMaxMiB * mebibyte;
  const blobs = await openBlobStore({
    folder: join(config.dataFolder, "blobs"),
    maxBytes: blobMaxBytes,
    quotaBytes: config.blobQuotaMiB * mebibyte,
  });
  const parameters: ApiParameters = {
    log: log.child({ part: "api" }),
    store,
    blobs,
    chain: connector.chain,
    parts: new Map([...running].map(([name, { state }]) => [name, state])),
    hindrance: (deal) => matcher?.hindrance(deal),
    limits: {
      requestsPerMinute: 3_000,
      uploadsPerMinute: 60,
      blobMaxBytes,
      chainTimeoutMs: 3_000,
      maxLagBlocks: 30,
      logRequests: config.logLevel === "debug" || config.logLevel === "trace",
    },
  };
  const app = await buildApp(parameters);
  try {
    const url = await app.listen({ host: config.host, port: config.port });
    return { url, close: () => app.close() };
  } catch (cause) {
    throw (cause as NodeJS.ErrnoException).code === "EADDRINUSE" ? portTaken(config, cause) : cause;
  }
}

function portTaken({ host, port }: Config, cause: unknown): MillraceError {
  return new MillraceError({
    code: "port-taken",
    shortMessage: `Another process listens on ${host}:${port}.`,
    nextStep: "Set PORT to another port, or 0 for any free one.",
    cause,
  });
}

/** The key that matcher and keeper sign with. */
async function readWallet({ keystore, roles }: Config): Promise<Hex | undefined> {
  if (!roles.has("matcher") && !roles.has("keeper")) return undefined;
  if (keystore === undefined) {
    throw new MillraceError({
      code: "config-invalid",
      shortMessage: "The roles matcher and keeper send transactions, but no key is given.",
      nextStep: "Set KEYSTORE and KEYSTORE_PASSWORD_FILE, or ROLES=indexer,api.",
    });
  }
  let password: string;
  try {
    password = (await readFile(keystore.passwordFile, "utf8")).replace(/\r?\n$/, "");
  } catch (cause) {
    throw new MillraceError({
      code: "config-invalid",
      shortMessage: `The password file ${keystore.passwordFile} can't be read.`,
      nextStep: "Set KEYSTORE_PASSWORD_FILE to a file that holds the key's password.",
      cause,
    });
  }
  return readKeystore(keystore.file, password);
}
