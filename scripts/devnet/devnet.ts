/** The whole marketplace as real processes below one folder. `npm start` and the end-to-end tests use it. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Chain, connect, type Deployment, send, testStablecoinAbi } from "@millrace/sdk";
import { readDeployment } from "@millrace/sdk/node";
import { execa } from "execa";
import { parseUnits } from "viem";
import getPort, { portNumbers } from "get-port";
import { type AccountName, createAccounts, type DevnetAccount } from "./accounts.ts";
import { type ChainService, startChain, testClient } from "./chain.ts";
import { lockFolder } from "./lock.ts";
import { type NodePlan, type ProviderNode, addProviderNode, startNode } from "./providerNode.ts";
import { compileCache, type Launch, type Service, startService, waitUntil } from "./service.ts";

const root = join(import.meta.dirname, "../..");

export interface DevnetPlan {
  /** everything is written below this folder; what is there from an earlier run is removed */
  folder: string;
  /** seconds */
  epochDuration: number;
  /** blocks after which the backend takes a block for final */
  finalityDepth: number;
  nodes: NodePlan[];
  /** environment of the backend beyond what it needs */
  backendSettings?: Record<string, string>;
  /** said when a step begins */
  log?: (line: string) => void;
  /** work that needs nothing but the empty folder; done while the network comes up */
  alongside?: () => Promise<void>;
  /** the first choice of ports; others are taken when these are in use. Default: any free ones */
  preferPorts?: boolean;
}

export interface Devnet {
  folder: string;
  rpcUrl: string;
  apiUrl: string;
  gatewayUrl: string;
  deployment: Deployment;
  accounts: Record<AccountName, DevnetAccount>;
  /** a connection that signs for one of the accounts */
  connectAs: (name: AccountName) => Promise<Chain>;
  chain: ChainService;
  backend: Service;
  nodes: ProviderNode[];
  /** starts the backend again after it was killed */
  restartBackend: () => Promise<Service>;
  /** adds one more provider's node, or starts a stopped one again */
  addNode: (plan: NodePlan) => Promise<ProviderNode>;
  restartNode: (node: ProviderNode) => Promise<void>;
  /** ends every process in order: nodes drain first, the chain goes last */
  stop: () => Promise<void>;
}

/** Takes `preferred` if it is free, and says so when it is not. */
async function choosePort(
  preferred: number | undefined,
  what: string,
  log: (line: string) => void,
): Promise<number> {
  if (preferred === undefined) return getPort({ host: "127.0.0.1" });
  const port = await getPort({ port: portNumbers(preferred, preferred + 99), host: "127.0.0.1" });
  if (port !== preferred) log(`Port ${preferred} is taken; ${what} listens on ${port}.`);
  return port;
}

/**
 * Brings a fresh network up. When anything fails, what was started is stopped before the error is thrown.
 * @throws Error that names the step and shows the last lines of the process that failed
 */
export async function startDevnet(plan: DevnetPlan): Promise<Devnet> {
  const unlock = await lockFolder(plan.folder);
  const started: Service[] = [];
  // Every process is known here before anything waits for it, so that a failure leaves none behind.
  const launch: Launch = async (parameters) => {
    const service = await startService(parameters);
    started.push(service);
    return service;
  };
  const stopAll = async (): Promise<void> => {
    const [chain, ...others] = started;
    await Promise.all(others.map((service) => service.stop()));
    await chain?.stop();
    await unlock();
  };
  try {
    return await bringUp(plan, launch, stopAll);
  } catch (error) {
    await stopAll();
    throw error;
  }
}

async function bringUp(plan: DevnetPlan, launch: Launch, stopAll: () => Promise<void>): Promise<Devnet> {
  const { folder, epochDuration, log = () => undefined } = plan;
  await clear(folder);
  const alongside = plan.alongside?.();
  // Awaited below; until then a failure must not count as unhandled.
  alongside?.catch(() => undefined);
  const prefer = (port: number): number | undefined => (plan.preferPorts === true ? port : undefined);

  log("Starting a chain with a block every second");
  const chainPort = await choosePort(prefer(8545), "the chain", log);
  const [chain, accounts] = await Promise.all([
    startChain(launch, { port: chainPort, logFile: join(folder, "logs/chain.log") }),
    createAccounts(join(folder, "keys")),
  ]);

  // Until everything stands nobody needs to wait for blocks; from then on there is one a second.
  const client = testClient(chain.rpcUrl);
  await client.setAutomine(true);
  log(`Deploying the contracts (epochs of ${epochDuration} s)`);
  const record = join(folder, "deployment.json");
  await deployContracts({ rpcUrl: chain.rpcUrl, record, epochDuration });
  const deployment = await readDeployment(record);
  const connectAs = (name: AccountName): Promise<Chain> =>
    connect({
      rpcUrl: chain.rpcUrl,
      deployment,
      privateKey: accounts[name].privateKey,
      pollingIntervalMs: 100,
    });

  const apiPort = await choosePort(prefer(8080), "the backend", log);
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  const gatewayPort = await choosePort(prefer(8081), "the gateway", log);
  const backendStart = (): Promise<Service> =>
    startBackend({
      launch,
      plan,
      rpcUrl: chain.rpcUrl,
      record,
      apiPort,
      gatewayPort,
      account: accounts.backend,
    });
  log("Starting the backend, and the nodes of three providers that stake and offer units");
  const network = { launch, folder, rpcUrl: chain.rpcUrl, apiUrl, record, accounts, connectAs };
  const [backend, , ...nodes] = await Promise.all([
    backendStart(),
    giveStablecoin(await connectAs("developer")),
    ...plan.nodes.map(async (node, index) =>
      addProviderNode(
        network,
        node,
        await choosePort(prefer(9001 + index * 100), `node ${node.account}`, log),
      ),
    ),
  ]);
  const devnet: Devnet = {
    folder,
    rpcUrl: chain.rpcUrl,
    apiUrl,
    gatewayUrl: `http://127.0.0.1:${gatewayPort}`,
    deployment,
    accounts,
    connectAs,
    chain,
    backend,
    nodes,
    restartBackend: async () => {
      devnet.backend = await backendStart();
      return devnet.backend;
    },
    addNode: async (node) => {
      const added = await addProviderNode(network, node, await getPort({ host: "127.0.0.1" }));
      nodes.push(added);
      return added;
    },
    restartNode: async (node) => {
      node.service = await startNode(network, node);
    },
    stop: stopAll,
  };
  await Promise.all([writeNetworkFile(devnet, record), client.setAutomine(false), alongside]);
  return devnet;
}

/** Removes what an earlier run left, but not the lock that this run holds. */
async function clear(folder: string): Promise<void> {
  await Promise.all(
    ["backend", "nodes", "keys", "logs", "deployment.json", "network.json", "run.json", "function"].map(
      (name) => rm(join(folder, name), { recursive: true, force: true }),
    ),
  );
  await mkdir(folder, { recursive: true });
}

async function deployContracts({
  rpcUrl,
  record,
  epochDuration,
}: {
  rpcUrl: string;
  record: string;
  epochDuration: number;
}): Promise<void> {
  const args = [
    "--network",
    "devnet",
    "--rpc-url",
    rpcUrl,
    "--out",
    record,
    "--epoch-duration",
    String(epochDuration),
  ];
  const result = await execa(process.execPath, [join(root, "scripts/deploy.ts"), ...args], {
    cwd: root,
    env: { NODE_COMPILE_CACHE: compileCache },
    all: true,
    reject: false,
  });
  if (result.exitCode !== 0) throw new Error(`Deploying the contracts failed:\n${result.all}`);
}

/** The developer's money: the test stablecoin lets everybody mint. */
async function giveStablecoin(developer: Chain): Promise<void> {
  const [token] = developer.deployment.paymentTokens;
  if (token === undefined || developer.account === undefined)
    throw new Error("no payment token or developer");
  await send(developer, {
    address: token.address,
    abi: testStablecoinAbi,
    functionName: "mint",
    args: [developer.account.address, parseUnits("1000", token.decimals)],
  });
}

async function startBackend({
  launch,
  plan,
  rpcUrl,
  record,
  apiPort,
  gatewayPort,
  account,
}: {
  launch: Launch;
  plan: DevnetPlan;
  rpcUrl: string;
  record: string;
  apiPort: number;
  gatewayPort: number;
  account: DevnetAccount;
}): Promise<Service> {
  const service = await launch({
    name: "backend",
    script: join(root, "backend/src/main.ts"),
    env: {
      RPC_URL: rpcUrl,
      DEPLOYMENT_FILE: record,
      DATA_FOLDER: join(plan.folder, "backend"),
      HOST: "127.0.0.1",
      PORT: String(apiPort),
      FINALITY_DEPTH: String(plan.finalityDepth),
      MATCH_DEPTH: "0",
      POLL_INTERVAL_MS: "200",
      ROLES: "indexer,matcher,keeper,scaler,api,gateway",
      GATEWAY_PORT: String(gatewayPort),
      GATEWAY_HOST_SUFFIX: "localhost",
      GATEWAY_ALLOW_PRIVATE_NODES: "true",
      KEYSTORE: account.keystore,
      KEYSTORE_PASSWORD_FILE: account.passwordFile,
      ...plan.backendSettings,
    },
    logFile: join(plan.folder, "logs/backend.log"),
  });
  await waitUntil(
    "Starting the backend",
    async () => (await fetch(`http://127.0.0.1:${apiPort}/v1/health`)).ok,
    { service, timeoutMs: 60_000 },
  );
  return service;
}

/** What the CLI reads to find this network without options. */
async function writeNetworkFile(devnet: Devnet, record: string): Promise<void> {
  const network = {
    rpcUrl: devnet.rpcUrl,
    apiUrl: devnet.apiUrl,
    gatewayUrl: devnet.gatewayUrl,
    deployment: record,
    accounts: Object.values(devnet.accounts).map(({ name, address, keystore, passwordFile }) => ({
      name,
      address,
      keystore,
      passwordFile,
    })),
    nodes: devnet.nodes.map(({ nodeId, endpoint, dataFolder }) => ({ nodeId, endpoint, dataFolder })),
  };
  await writeFile(join(devnet.folder, "network.json"), `${JSON.stringify(network, undefined, 2)}\n`);
}
