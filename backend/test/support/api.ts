import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type Chain, type Deployment } from "@millrace/sdk";
import { pino } from "pino";
import type { ApiLimits, App } from "../../src/api/types.ts";
import { buildApp } from "../../src/app.ts";
import { openBlobStore } from "../../src/blobs/blobStore.ts";
import { createMetrics } from "../../src/metrics/metrics.ts";
import type { PartState } from "../../src/part.ts";
import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";

/** A log that nobody reads, unless MILLRACE_TEST_LOG names a level. */
export const testLog = pino({ level: process.env["MILLRACE_TEST_LOG"] ?? "silent" });

export interface TestApi {
  readonly app: App;
  readonly store: Store;
  readonly folder: string;
  /** The state of a part; health shows what is set here. */
  readonly parts: Map<string, () => PartState>;
  close: () => Promise<void>;
}

interface TestApiParameters {
  readonly deployment: Deployment;
  readonly chain: () => Promise<Chain>;
  readonly limits?: Partial<ApiLimits>;
  readonly blobQuotaBytes?: number;
  readonly allowPrivateNodes?: boolean;
}

/** The app on an embedded database and a blob folder of its own. */
export async function openTestApi(parameters: TestApiParameters): Promise<TestApi> {
  const { deployment, chain, limits, blobQuotaBytes = 2 ** 24, allowPrivateNodes = true } = parameters;
  const folder = await mkdtemp(join(tmpdir(), "millrace-api-"));
  const store = await openStore({ deployment, dataFolder: folder });
  const blobMaxBytes = limits?.blobMaxBytes ?? 2 ** 20;
  const blobs = await openBlobStore({
    folder: join(folder, "blobs"),
    maxBytes: blobMaxBytes,
    quotaBytes: blobQuotaBytes,
  });
  const parts = new Map<string, () => PartState>();
  const app = await buildApp({
    log: testLog,
    store,
    blobs,
    chain,
    parts,
    roles: ["api"],
    metrics: createMetrics(),
    refreshGauges: () => Promise.resolve(),
    allowPrivateNodes,
    limits: {
      trustedProxies: [],
      requestsPerMinute: 10_000,
      uploadsPerMinute: 1_000,
      probesPerMinute: 1_000,
      blobMaxBytes,
      chainTimeoutMs: 2_000,
      maxLagBlocks: 30,
      logRequests: false,
      ...limits,
    },
  });
  return {
    app,
    store,
    folder,
    parts,
    async close() {
      await app.close();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const address = (digit: string) => `0x${digit.repeat(40)}` as const;

/** A deployment that no chain has. */
export const nowhere: Deployment = {
  network: "nowhere",
  chainId: 31_337,
  deploymentBlock: 1,
  genesis: 1_790_000_000,
  epochDuration: 10,
  contracts: {
    mill: address("1"),
    parameters: address("2"),
    registry: address("3"),
    staking: address("4"),
    deals: address("5"),
    timelock: address("6"),
    modules: address("8"),
    governor: address("9"),
    votingPower: address("a"),
  },
  paymentTokens: [{ symbol: "tUSD", address: address("7"), decimals: 6 }],
};

/** Connects to a port where nothing listens: the chain is down. */
export function unreachable(deployment: Deployment): () => Promise<Chain> {
  return async () => connect({ rpcUrl: `http://127.0.0.1:${await closedPort()}/v3/secret-key`, deployment });
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  server.close();
  return typeof bound === "object" && bound !== null ? bound.port : 9;
}
