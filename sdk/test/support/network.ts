import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import getPort from "get-port";
import { parseEther, toHex, zeroAddress, zeroHash, type Address, type Hex } from "viem";
import { generatePrivateKey, mnemonicToAccount, privateKeyToAccount } from "viem/accounts";
import {
  addNode,
  attend,
  connect,
  constraintOf,
  registerProvider,
  send,
  stake,
  testStablecoinAbi,
  type Chain,
  type Deployment,
  type Terms,
} from "@millrace/sdk";
import { readDeployment } from "@millrace/sdk/node";
import { startChain, testClient } from "../../../scripts/devnet/chain.ts";
import { startService } from "../../../scripts/devnet/service.ts";

const root = join(import.meta.dirname, "../../..");
/** Long enough that no epoch passes by itself. */
const epochDuration = 1000;

/** A Hardhat node of its own with the deployed contracts; it makes a block for each transaction. */
export interface TestNetwork {
  rpcUrl: string;
  deployment: Deployment;
  token: Address;
  client: ReturnType<typeof testClient>;
  /** a connection that signs with an account of Hardhat's test phrase */
  connectAs: (account: number, rpcUrl?: string) => Promise<Chain>;
  nextEpoch: () => Promise<void>;
  stop: () => Promise<void>;
}

export async function startNetwork(): Promise<TestNetwork> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-sdk-"));
  const port = await getPort({ host: "127.0.0.1" });
  const service = await startChain(startService, { port, logFile: join(folder, "chain.log") });
  const stop = async () => {
    await service.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const client = testClient(service.rpcUrl);
    await client.setIntervalMining({ interval: 0 });
    await client.setAutomine(true);
    const deployment = await deploy(service.rpcUrl, join(folder, "deployment.json"));
    const [token] = deployment.paymentTokens;
    if (token === undefined) throw new Error("The deployment lists no payment token.");
    return {
      rpcUrl: service.rpcUrl,
      deployment,
      token: token.address,
      client,
      stop,
      connectAs: (account, rpcUrl = service.rpcUrl) =>
        connect({ rpcUrl, deployment, privateKey: privateKeyOf(account), pollingIntervalMs: 20 }),
      async nextEpoch() {
        const { timestamp } = await client.getBlock();
        const epochs = Math.floor((Number(timestamp) - deployment.genesis) / epochDuration) + 1;
        await client.setNextBlockTimestamp({
          timestamp: BigInt(deployment.genesis + epochs * epochDuration),
        });
        await client.mine({ blocks: 1 });
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A provider of an account with one node at an endpoint; the node attends in the present epoch. */
export async function addProviderNode(
  network: TestNetwork,
  { account, endpoint, ask }: { account: number; endpoint: string; ask: bigint },
) {
  const owner = await network.connectAs(account);
  const { provider } = await registerProvider(owner);
  await stake(owner, { provider, amount: parseEther("4000") });
  const privateKey = generatePrivateKey();
  const { node } = await addNode(owner, {
    provider,
    operator: privateKeyToAccount(privateKey),
    units: 20,
    attributes: {
      regionGroup: 4,
      country: 0x4445,
      hardwareClass: 3,
      cores: 20,
      memoryGiB: 40,
      bandwidthMbps: 1000,
    },
    endpoint,
    offer: { token: network.token, askPerUnitEpoch: ask },
    gasMoney: parseEther("1"),
  });
  const { rpcUrl, deployment } = network;
  const operator = await connect({ rpcUrl, deployment, privateKey, pollingIntervalMs: 20 });
  await attend(operator);
  return { owner, provider, node, operator };
}

/** Mints test stablecoins for the chain's account. */
export async function mint(chain: Chain, amount: bigint): Promise<void> {
  const [token] = chain.deployment.paymentTokens;
  const to = chain.account?.address;
  if (token === undefined || to === undefined) throw new Error("Nothing to mint, or for nobody.");
  await send(chain, {
    address: token.address,
    abi: testStablecoinAbi,
    functionName: "mint",
    args: [to, amount],
  });
}

/** One worker of two wanted is enough; 0.002 tUSD at most. */
export function termsOf(network: TestNetwork, changes: Partial<Terms> = {}): Terms {
  return {
    paymentToken: network.token,
    moduleDigest: `0x${"ab".repeat(32)}`,
    functionCommitment: zeroHash,
    unitsPerWorker: 1,
    minWorkers: 1,
    targetWorkers: 2,
    maxWorkers: 4,
    maxWorkersPerProvider: 2,
    priceLimit: 2000n,
    minimumAsk: 0n,
    priceToleranceBps: 0,
    tipPerWorker: 0n,
    endEpoch: 0,
    openToAll: true,
    permissionIssuer: zeroAddress,
    constraints: [constraintOf({ attribute: "regionGroup", operator: "equal", value: 4n })],
    listMode: 0,
    providers: [],
    ...changes,
  };
}

export function privateKeyOf(account: number): Hex {
  const phrase = "test test test test test test test test test test test junk";
  const key = mnemonicToAccount(phrase, { addressIndex: account }).getHdKey().privateKey;
  if (key === null) throw new Error("no private key");
  return toHex(key);
}

async function deploy(rpcUrl: string, record: string): Promise<Deployment> {
  const options = ["--network", "devnet", "--rpc-url", rpcUrl, "--out", record];
  const script = join(root, "scripts/deploy.ts");
  await execa(process.execPath, [script, ...options, "--epoch-duration", String(epochDuration)], {
    cwd: root,
  });
  return readDeployment(record);
}
