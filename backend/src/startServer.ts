import { join } from "node:path";
import { MillraceError } from "@millrace/sdk";
import { buildApp } from "./app.ts";
import { openBlobStore } from "./blobs/blobStore.ts";
import type { Config } from "./config/config.ts";
import type { Context, Running } from "./context.ts";
import { registerGauges } from "./metrics/metrics.ts";
import { readHeads } from "./store/heads.ts";

const mebibyte = 2 ** 20;
const weiPerCoin = 1e18;

/**
 * Listens on PORT: the API with that role, and in any case health and metrics.
 * @throws MillraceError `port-taken`
 */
export async function startServer(
  context: Context,
  running: ReadonlyMap<string, Running>,
): Promise<{ url: string; close: () => Promise<void> }> {
  const { config, log, store, connector, metrics } = context;
  const blobMaxBytes = config.blobMaxMiB * mebibyte;
  const parts = new Map([...running].map(([name, { state }]) => [name, state]));
  const app = await buildApp({
    log: log.child({ part: "api" }),
    store,
    blobs: config.roles.has("api") ? await openBlobs(config) : undefined,
    chain: connector.chain,
    roles: [...config.roles],
    parts,
    metrics,
    refreshGauges: registerGauges(metrics, {
      heads: () => readHeads(store.prisma, store.deployment),
      headBlock: async () => Number(await (await connector.chain()).publicClient.getBlockNumber()),
      connections: () => store.database.connections(),
      parts,
      balance: () => balanceOf(context),
    }),
    allowPrivateNodes: config.allowPrivateNodes,
    limits: {
      trustedProxies: config.trustedProxies,
      requestsPerMinute: 3_000,
      uploadsPerMinute: 60,
      probesPerMinute: 10,
      blobMaxBytes,
      chainTimeoutMs: 3_000,
      maxLagBlocks: 30,
      logRequests: config.logLevel === "debug" || config.logLevel === "trace",
    },
  });
  try {
    const url = await app.listen({ host: config.host, port: config.port });
    return { url, close: () => app.close() };
  } catch (cause) {
    throw (cause as NodeJS.ErrnoException).code === "EADDRINUSE" ? portTaken(config, cause) : cause;
  }
}

function openBlobs({ dataFolder, blobMaxMiB, blobQuotaMiB, databaseUrl }: Config) {
  return openBlobStore({
    folder: join(dataFolder, "blobs"),
    maxBytes: blobMaxMiB * mebibyte,
    quotaBytes: blobQuotaMiB * mebibyte,
    isShared: databaseUrl !== undefined,
  });
}

async function balanceOf({ connector }: Context): Promise<number | undefined> {
  const { account, publicClient } = await connector.chain();
  if (account === undefined) return undefined;
  return Number(await publicClient.getBalance({ address: account.address })) / weiPerCoin;
}

function portTaken({ host, port }: Config, cause: unknown): MillraceError {
  return new MillraceError({
    code: "port-taken",
    shortMessage: `Another process listens on ${host}:${port}.`,
    nextStep: "Set PORT to another port, or 0 for any free one.",
    cause,
  });
}
