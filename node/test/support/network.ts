import { mkdir, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import {
  addNode,
  type Chain,
  cidToDigest,
  connect,
  createDeal,
  type Deployment,
  epochAt,
  epochStart,
  matchDeal,
  moduleCid,
  registerProvider,
  send,
  stake,
  testStablecoinAbi,
  topUp,
} from "@millrace/sdk";
import { writeKeystore } from "@millrace/sdk/node";
import getPort from "get-port";
import {
  createTestClient,
  type Hex,
  http,
  parseEther,
  publicActions,
  toHex,
  zeroAddress,
  zeroHash,
} from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { hardhat } from "viem/chains";
import { account, deployContracts } from "./contracts.ts";
import { startChain } from "./processes.ts";

const password = "test";
export const askPerUnitEpoch = 1_000n;

/** A node that is registered, with what its daemon needs to run. */
export interface RegisteredNode {
  nodeId: number;
  operator: `0x${string}`;
  config: ReturnType<typeof configOf>;
  configFile: string;
}

/** A chain with the contracts, a developer, providers, and a source of modules. */
export interface Network {
  folder: string;
  rpcUrl: string;
  deployment: Deployment;
  deploymentFile: string;
  developer: Chain;
  test: ReturnType<typeof testClient>;
  /** modules the blob source has, by CID */
  blobs: Map<string, Uint8Array>;
  blobUrl: string;
  /** registers a provider with one node; its daemon is not started */
  addNode: (options?: {
    gasMoney?: bigint;
    rpcUrl?: string;
    blobSources?: string[];
    /** a node whose provider gets another one */
    besides?: number;
  }) => Promise<RegisteredNode>;
  /** the provider of a node, with a connection of its owner */
  providerOf: (nodeId: number) => { id: number; chain: Chain };
  /** publishes a module and makes a deal for it */
  createDeal: (module: Uint8Array, deposit?: bigint, functionCommitment?: Hex) => Promise<bigint>;
  /** puts nodes that attended to work */
  match: (deal: bigint, nodeIds: number[]) => Promise<void>;
  /** moves the chain's time to the start of the next epoch and returns that epoch */
  toNextEpoch: () => Promise<number>;
  /** adds to a deal's balance */
  topUp: (deal: bigint, amount: bigint) => Promise<void>;
  close: () => void;
}

/** Starts a chain in a process and puts the network on it. @param epochDuration seconds */
export async function startNetwork(folder: string, epochDuration: number): Promise<Network> {
  const { rpcUrl } = await startChain();
  const test = testClient(rpcUrl);
  const [developerAccount, funder] = [account(1), account(2)];
  await test.setAutomine(true);
  const deployment = await deployContracts(rpcUrl, epochDuration, [account(0).address, funder.address]);
  const connectAs = (key: ReturnType<typeof account>) =>
    connect({ rpcUrl, deployment, privateKey: privateKeyOf(key), pollingIntervalMs: 50 });
  const developer = await connectAs(developerAccount);
  const [token] = deployment.paymentTokens;
  if (token === undefined) throw new Error("no payment token");
  await send(developer, {
    address: token.address,
    abi: testStablecoinAbi,
    functionName: "mint",
    args: [developerAccount.address, 10n ** 12n],
  });
  const deploymentFile = join(folder, "deployment.json");
  await writeFile(deploymentFile, JSON.stringify(deployment));
  const blobs = new Map<string, Uint8Array>();
  const { server, url: blobUrl } = await serveBlobs(blobs);
  let providers = 0;
  const owners = new Map<number, { id: number; chain: Chain }>();
  await test.setAutomine(false);

  /** Mines at once what the work sends. */
  async function quickly<T>(work: () => Promise<T>): Promise<T> {
    await test.setAutomine(true);
    return work().finally(() => test.setAutomine(false));
  }

  return {
    folder,
    rpcUrl,
    deployment,
    deploymentFile,
    developer,
    test,
    blobs,
    blobUrl,
    addNode: ({
      gasMoney = parseEther("1"),
      blobSources = [blobUrl],
      rpcUrl: nodeRpcUrl = rpcUrl,
      besides,
    } = {}) =>
      quickly(async () => {
        const owner = besides === undefined ? undefined : owners.get(besides);
        if (owner === undefined) providers += 1;
        const chain = owner?.chain ?? (await connectAs(account(2 + providers)));
        const provider = owner?.id ?? (await registerProvider(chain)).provider;
        await stake(await connectAs(funder), { provider, amount: parseEther("1600") });
        const key = generatePrivateKey();
        const operator = privateKeyToAccount(key);
        const port = await getPort({ host: "127.0.0.1" });
        const { node: nodeId } = await addNode(chain, {
          provider,
          operator,
          units: 8,
          attributes: {
            regionGroup: 4,
            country: 0,
            hardwareClass: 3,
            cores: 4,
            memoryGiB: 8,
            bandwidthMbps: 100,
          },
          endpoint: `http://127.0.0.1:${port}`,
          offer: { token: token.address, askPerUnitEpoch },
          gasMoney,
        });
        owners.set(nodeId, { id: provider, chain });
        const nodeFolder = join(folder, `node-${nodeId}`);
        await mkdir(nodeFolder, { recursive: true });
        await writeKeystore(join(nodeFolder, "operator.json"), key, password, { scryptN: 1024 });
        await writeFile(join(nodeFolder, "password"), `${password}\n`);
        const config = configOf({ rpcUrl: nodeRpcUrl, blobSources, port, nodeId });
        return { nodeId, operator: operator.address, config, configFile: join(nodeFolder, "node.json") };
      }),
    providerOf: (nodeId) => {
      const owner = owners.get(nodeId);
      if (owner === undefined) throw new Error(`no node ${nodeId}`);
      return owner;
    },
    createDeal: (module, deposit = 10n ** 9n, functionCommitment = zeroHash) =>
      quickly(async () => {
        const cid = await moduleCid(module);
        blobs.set(cid, module);
        const terms = {
          paymentToken: token.address,
          moduleDigest: cidToDigest(cid),
          functionCommitment,
          unitsPerWorker: 1,
          minWorkers: 1,
          targetWorkers: 2,
          maxWorkers: 4,
          maxWorkersPerProvider: 1,
          priceLimit: askPerUnitEpoch,
          minimumAsk: 0n,
          priceToleranceBps: 0,
          tipPerWorker: 0n,
          endEpoch: 0,
          openToAll: true,
          permissionIssuer: zeroAddress,
          constraints: [],
          listMode: 0,
          providers: [],
        };
        return (await createDeal(developer, { terms, deposit })).deal;
      }),
    match: (deal, nodeIds) =>
      quickly(async () => {
        const candidates = nodeIds.map((node) => ({ node, maxAsk: askPerUnitEpoch }));
        const { assigned } = await matchDeal(developer, { deal, candidates });
        if (assigned.length !== nodeIds.length)
          throw new Error(`only ${assigned.join()} of ${nodeIds.join()} were matched`);
      }),
    toNextEpoch: async () => {
      const { timestamp } = await test.getBlock();
      const epoch = epochAt(deployment, timestamp) + 1;
      await test.setNextBlockTimestamp({ timestamp: BigInt(epochStart(deployment, epoch)) });
      await test.mine({ blocks: 1 });
      return epoch;
    },
    topUp: (deal, amount) =>
      quickly(async () => {
        await topUp(developer, { deal, amount });
      }),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function configOf({
  rpcUrl,
  blobSources,
  port,
  nodeId,
}: {
  rpcUrl: string;
  blobSources: string[];
  port: number;
  nodeId: number;
}) {
  return {
    rpcUrl,
    deployment: "../deployment.json",
    blobSources,
    dataFolder: "data",
    listen: { host: "127.0.0.1", port },
    publicUrl: `http://127.0.0.1:${port}`,
    nodeId,
    keystore: "operator.json",
    passwordFile: "password",
    pollIntervalMs: 200,
  };
}

function testClient(rpcUrl: string) {
  return createTestClient({ chain: hardhat, mode: "hardhat", transport: http(rpcUrl), cacheTime: 0 }).extend(
    publicActions,
  );
}

function privateKeyOf(key: ReturnType<typeof account>) {
  const bytes = key.getHdKey().privateKey;
  if (bytes === null) throw new Error("no private key");
  return toHex(bytes);
}

async function serveBlobs(blobs: ReadonlyMap<string, Uint8Array>): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const bytes = blobs.get(request.url?.replace("/v1/blobs/", "") ?? "");
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
  const port = await getPort({ host: "127.0.0.1" });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${port}` };
}
