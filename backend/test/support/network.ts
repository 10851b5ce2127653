import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attend, connect, type Chain, type Deployment } from "@millrace/sdk";
import { readDeployment } from "@millrace/sdk/node";
import { execa } from "execa";
import getPort from "get-port";
import { toHex, type Hex } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { startChain, testClient } from "../../../scripts/devnet/chain.ts";
import { startService } from "../../../scripts/devnet/service.ts";
import { rpcSource } from "../../src/chain/rpcSource.ts";
import { indexTo } from "../../src/indexer/indexer.ts";
import type { Store } from "../../src/store/store.ts";

const root = join(import.meta.dirname, "../../..");

/** Long enough that an epoch never passes on its own while a test runs. */
const epochDuration = 1_000;

/** A real chain with the real contracts, where a block is made for each transaction and time passes on demand. */
export interface TestNetwork {
  readonly rpcUrl: string;
  readonly deployment: Deployment;
  /** The file of the deployment record. */
  readonly record: string;
  readonly token: Hex;
  /** A connection that signs for an account of Hardhat's test phrase. */
  connectAs: (account: number) => Promise<Chain>;
  privateKeyOf: (account: number) => Hex;
  mine: (blocks: number) => Promise<void>;
  /** Goes to the start of the next epoch; the given nodes attend in it. */
  nextEpoch: (...attending: readonly Chain[]) => Promise<void>;
  /** Indexes up to the head. */
  index: (store: Store) => Promise<void>;
  stop: () => Promise<void>;
}

export async function startNetwork(): Promise<TestNetwork> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-chain-"));
  const chainService = await startChain(startService, {
    port: await getPort({ host: "127.0.0.1" }),
    logFile: join(folder, "chain.log"),
  });
  const { rpcUrl } = chainService;
  const client = testClient(rpcUrl);
  const stop = async () => {
    await chainService.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await client.setIntervalMining({ interval: 0 });
    await client.setAutomine(true);
    const record = join(folder, "deployment.json");
    await deployContracts(rpcUrl, record);
    const deployment = await readDeployment(record);
    const [token] = deployment.paymentTokens;
    if (token === undefined) throw new Error("The deployment lists no payment token.");
    const connectAs = (account: number) =>
      connect({ rpcUrl, deployment, privateKey: privateKeyOf(account), pollingIntervalMs: 20 });
    return {
      rpcUrl,
      deployment,
      record,
      token: token.address,
      connectAs,
      privateKeyOf,
      stop,
      async mine(blocks) {
        // One by one: Hardhat makes a batch lazily, with hashes that don't chain.
        for (let count = 0; count < blocks; count++) await client.mine({ blocks: 1 });
      },
      async nextEpoch(...attending) {
        const { timestamp } = await client.getBlock();
        const elapsed = Number(timestamp) - deployment.genesis;
        const next = deployment.genesis + (Math.floor(elapsed / epochDuration) + 1) * epochDuration;
        await client.setNextBlockTimestamp({ timestamp: BigInt(next) });
        await client.mine({ blocks: 1 });
        for (const operator of attending) await attend(operator);
      },
      async index(store) {
        const chain = await connect({ rpcUrl, deployment });
        const toBlock = Number(await client.getBlockNumber());
        await indexTo({ store, source: rpcSource(chain), finality: { depth: 2 }, toBlock });
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function deployContracts(rpcUrl: string, record: string): Promise<void> {
  const script = join(root, "scripts/deploy.ts");
  const options = ["--network", "devnet", "--rpc-url", rpcUrl, "--out", record];
  await execa(process.execPath, [script, ...options, "--epoch-duration", String(epochDuration)], {
    cwd: root,
  });
}

function privateKeyOf(account: number): Hex {
  const phrase = "test test test test test test test test test test test junk";
  const key = mnemonicToAccount(phrase, { addressIndex: account }).getHdKey().privateKey;
  if (key === null) throw new Error("no private key");
  return toHex(key);
}
