import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Chain } from "@millrace/sdk";
import { addNode, registerProvider, stake } from "@millrace/sdk";
import { writeKeystore } from "@millrace/sdk/node";
import { parseEther, parseUnits } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import type { AccountName, DevnetAccount } from "./accounts.ts";
import { type Launch, type Service, waitUntil } from "./service.ts";

const root = join(import.meta.dirname, "../..");

export interface NodePlan {
  account: Extract<AccountName, `provider${string}`>;
  units: number;
  /** payment token per unit and epoch, for example "0.001" */
  ask: string;
  regionGroup: number;
  /** two letters */
  country: string;
}

export interface ProviderNode {
  plan: NodePlan;
  nodeId: number;
  provider: number;
  operator: `0x${string}`;
  endpoint: string;
  dataFolder: string;
  configFile: string;
  service: Service;
}

export interface NodeNetwork {
  launch: Launch;
  folder: string;
  rpcUrl: string;
  apiUrl: string;
  record: string;
  accounts: Record<AccountName, DevnetAccount>;
  connectAs: (name: AccountName) => Promise<Chain>;
}

/** Registers a provider, stakes for all units, adds a node with an offer, and starts the node's daemon. */
export async function addProviderNode(
  network: NodeNetwork,
  plan: NodePlan,
  port: number,
): Promise<ProviderNode> {
  const chain = await network.connectAs(plan.account);
  const [token] = chain.deployment.paymentTokens;
  if (token === undefined) throw new Error("The deployment lists no payment token.");
  const endpoint = `http://127.0.0.1:${port}`;
  const dataFolder = join(network.folder, "nodes", plan.account);
  await mkdir(dataFolder, { recursive: true });
  const operatorKey = generatePrivateKey();
  const operator = privateKeyToAccount(operatorKey);
  const keystore = join(dataFolder, "operator.json");
  const { passwordFile } = network.accounts[plan.account];
  await writeKeystore(keystore, operatorKey, "devnet", { scryptN: 1024 });

  const { provider } = await registerProvider(chain, { payout: network.accounts[plan.account].address });
  await stake(chain, { provider, amount: parseEther("200") * BigInt(plan.units) });
  const { node: nodeId } = await addNode(chain, {
    provider,
    operator,
    units: plan.units,
    attributes: {
      regionGroup: plan.regionGroup,
      country: (plan.country.charCodeAt(0) << 8) | plan.country.charCodeAt(1),
      hardwareClass: 3,
      cores: plan.units,
      memoryGiB: plan.units * 2,
      bandwidthMbps: 1000,
    },
    peerId: "",
    endpoint,
    offer: { token: token.address, askPerUnitEpoch: parseUnits(plan.ask, token.decimals) },
    gasMoney: parseEther("1"),
  });
  const configFile = join(dataFolder, "node.json");
  const config = {
    rpcUrl: network.rpcUrl,
    deployment: network.record,
    blobSources: [network.apiUrl],
    dataFolder: join(dataFolder, "data"),
    listen: { host: "127.0.0.1", port },
    publicUrl: endpoint,
    nodeId,
    keystore,
    passwordFile,
  };
  await writeFile(configFile, `${JSON.stringify(config, undefined, 2)}\n`);
  const node = { plan, nodeId, provider, operator: operator.address, endpoint, dataFolder, configFile };
  return { ...node, service: await startNode(network, node) };
}

/** Starts (again) the daemon of a node and waits until it answers. */
export async function startNode(
  network: Pick<NodeNetwork, "folder" | "launch">,
  node: Pick<ProviderNode, "plan" | "configFile" | "endpoint">,
): Promise<Service> {
  const service = await network.launch({
    name: `node of ${node.plan.account}`,
    script: join(root, "node/src/main.ts"),
    args: ["--config", node.configFile],
    logFile: join(network.folder, "logs", `node-${node.plan.account}.log`),
  });
  await waitUntil("Starting a node", async () => (await fetch(`${node.endpoint}/v1/health`)).ok, { service });
  return service;
}
