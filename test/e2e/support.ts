import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { embedManifest, parseManifest } from "@millrace/machine";
import {
  type Chain,
  createApi,
  createDeal,
  dealsAbi,
  millAbi,
  moduleCid,
  cidToDigest,
  readDeal,
  readSlashes,
  stakingAbi,
  type Terms,
} from "@millrace/sdk";
import { execa } from "execa";
import { parseUnits, zeroAddress, zeroHash } from "viem";
import { type Devnet, type DevnetPlan, startDevnet } from "../../scripts/devnet/devnet.ts";

export const root = join(import.meta.dirname, "../..");

/** Epochs long enough that a transaction of a block per second makes it, short enough to wait for several. */
const EPOCH_SECONDS = 5;

export const threeNodes: DevnetPlan["nodes"] = [
  { account: "provider1", units: 4, ask: "0.001", regionGroup: 4, country: "DE" },
  { account: "provider2", units: 8, ask: "0.0012", regionGroup: 5, country: "US" },
  { account: "provider3", units: 4, ask: "0.0015", regionGroup: 3, country: "JP" },
];

/** A network of its own folder; `remove` ends it and deletes the folder. */
export async function startNetwork(
  plan: Partial<DevnetPlan> = {},
): Promise<{ net: Devnet; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-e2e-"));
  const net = await startDevnet({
    folder,
    epochDuration: EPOCH_SECONDS,
    finalityDepth: 5,
    nodes: threeNodes,
    ...plan,
  });
  return {
    net,
    remove: async () => {
      await net.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Uploads the echo function under a fresh name, so that its CID is new at each run. */
export async function publishEcho(
  net: Devnet,
  env: Record<string, string> = {},
): Promise<{ cid: string; name: string }> {
  const name = `echo-${randomBytes(6).toString("hex")}`;
  const code = await readFile(join(root, "sandbox/test/fixtures/echo.wasm"));
  const wasm = embedManifest(code, parseManifest({ name, contentType: "text/plain", env }));
  const { cid } = await createApi(net.apiUrl).uploadBlob(wasm);
  if (cid !== (await moduleCid(wasm))) throw new Error("the backend names another CID");
  return { cid, name };
}

/** Terms of an open deal in the devnet's stablecoin, one unit a worker. */
export function termsOf(net: Devnet, cid: string, changes: Partial<Terms> = {}): Terms {
  const [token] = net.deployment.paymentTokens;
  return {
    paymentToken: token?.address ?? zeroAddress,
    moduleDigest: cidToDigest(cid),
    functionCommitment: zeroHash,
    unitsPerWorker: 1,
    minWorkers: 1,
    targetWorkers: 2,
    maxWorkers: 4,
    maxWorkersPerProvider: 1,
    priceLimit: parseUnits("0.002", 6),
    minimumAsk: 0n,
    priceToleranceBps: 0,
    tipPerWorker: 0n,
    endEpoch: 0,
    openToAll: true,
    permissionIssuer: zeroAddress,
    constraints: [],
    listMode: 0,
    providers: [],
    ...changes,
  };
}

export interface RunningDeal {
  deal: bigint;
  terms: Terms;
  developer: Chain;
}

/** Publishes the echo function, creates a funded deal for it and waits until its workers answer. */
export async function deployEcho(
  net: Devnet,
  {
    deposit,
    changes = {},
    env = {},
  }: { deposit: string; changes?: Partial<Terms>; env?: Record<string, string> },
): Promise<RunningDeal> {
  const { cid } = await publishEcho(net, env);
  const developer = await net.connectAs("developer");
  const terms = termsOf(net, cid, changes);
  const { deal } = await createDeal(developer, { terms, deposit: parseUnits(deposit, 6) });
  await until(`deal ${deal} is matched`, async () => {
    return (await readDeal(developer, deal, terms)).workers === terms.targetWorkers;
  });
  await until(
    `deal ${deal} answers`,
    async () => (await workingNodes(net, deal)).length === terms.targetWorkers,
  );
  return { deal, terms, developer };
}

/** Ids of the nodes of the network whose daemon answers a call to the deal now. */
export async function workingNodes(net: Devnet, deal: bigint): Promise<number[]> {
  const answers = await Promise.all(
    net.nodes.map(async ({ nodeId, endpoint }) =>
      (await callNode(endpoint, deal)).status === 200 ? [nodeId] : [],
    ),
  );
  return answers.flat();
}

/** Calls one node directly with a new body. Status 0: no connection. */
export async function callNode(
  endpoint: string,
  deal: bigint,
  path = "/x",
): Promise<{ status: number; text: string; sent: string }> {
  const sent = randomBytes(12).toString("hex");
  try {
    const response = await fetch(`${endpoint}/v1/deals/${deal}/call${path}`, { method: "POST", body: sent });
    return { status: response.status, text: await response.text(), sent };
  } catch {
    return { status: 0, text: "", sent };
  }
}

/** Polls until `condition` holds. @throws Error naming what was awaited after `timeoutMs` */
export async function until(
  what: string,
  condition: () => Promise<boolean>,
  { timeoutMs = 60_000, intervalMs = 200 }: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Not within ${timeoutMs / 1000} s: ${what}`);
    await delay(intervalMs);
  }
}

export async function currentEpoch(chain: Chain): Promise<number> {
  const { publicClient, deployment } = chain;
  return publicClient.readContract({
    address: deployment.contracts.deals,
    abi: dealsAbi,
    functionName: "currentEpoch",
  });
}

export async function waitForEpochs(chain: Chain, count: number): Promise<void> {
  const target = (await currentEpoch(chain)) + count;
  await until(`epoch ${target}`, async () => (await currentEpoch(chain)) >= target, { timeoutMs: 120_000 });
}

export async function tokenBalance(chain: Chain, account: `0x${string}`): Promise<bigint> {
  const [token] = chain.deployment.paymentTokens;
  return chain.publicClient.readContract({
    address: token?.address ?? zeroAddress,
    abi: millAbi,
    functionName: "balanceOf",
    args: [account],
  });
}

/** Sum of every provider's free and locked stake, to compare with what Staking holds. */
export async function stakeTotal(chain: Chain, providers: number[]): Promise<bigint> {
  const stakes = await Promise.all(
    providers.map((provider) =>
      chain.publicClient.readContract({
        address: chain.deployment.contracts.staking,
        abi: stakingAbi,
        functionName: "getStake",
        args: [provider],
      }),
    ),
  );
  return stakes.reduce((sum, { free, locked }) => sum + free + locked, 0n);
}

/** What Staking holds of slashes: those in escrow, and the half of an executed one that its owner and reporter can take. */
export async function slashTotal(chain: Chain): Promise<bigint> {
  const { slashes } = await readSlashes(chain);
  const share = { escrowed: 10n, executed: 5n, vetoed: 0n };
  return slashes.reduce((sum, { amount, state }) => sum + (amount * share[state]) / 10n, 0n);
}

/** The derived tables of a database as sorted lines. */
export async function dump(env: Record<string, string>): Promise<string> {
  const { stdout } = await execa(process.execPath, [join(root, "backend/src/store/dump.ts")], { env });
  return stdout;
}
