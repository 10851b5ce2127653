import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createApi, createCaller, millAbi, readDeal, readWorkers, topUp } from "@millrace/sdk";
import { expect } from "chai";
import type { Devnet } from "../../scripts/devnet/devnet.ts";
import { startService, waitUntil } from "../../scripts/devnet/service.ts";
import { testClient } from "../../scripts/devnet/chain.ts";
import { expectBooksBalance } from "./books.ts";
import {
  callNode,
  currentEpoch,
  deployEcho,
  dump,
  root,
  type RunningDeal,
  slashTotal,
  stakeTotal,
  startNetwork,
  until,
  workingNodes,
} from "./support.ts";

describe("a network of real processes", function () {
  this.timeout(240_000);
  let net: Devnet;
  let remove: () => Promise<void>;
  const deals: RunningDeal[] = [];

  before(async () => {
    ({ net, remove } = await startNetwork());
  });
  after(async () => {
    await remove();
  });

  it("follows a reorg of three blocks at a finality depth of five", async () => {
    const running = await deployEcho(net, { deposit: "1" });
    deals.push(running);
    const { developer, deal, terms } = running;
    const api = createApi(net.apiUrl);
    const client = testClient(net.rpcUrl);
    // The chain stands still while its blocks are made by hand, so that exactly three of them go away.
    await client.setIntervalMining({ interval: 0 });
    const { balance } = await readDeal(developer, deal, terms);
    await until("the backend is at the head", async () => {
      return (await api.deals()).asOfBlock === Number(await client.getBlockNumber());
    });
    const snapshot = await client.snapshot();
    await mined(client, net.accounts.developer.address, topUp(developer, { deal, amount: 123n }), 3);
    const orphaned = await client.getBlock();
    await until("the backend has the branch that goes away", async () => {
      return (await api.payments({ deal: Number(deal) })).items.some(({ amount }) => amount === "123");
    });

    await client.revert({ id: snapshot });
    await mined(client, net.accounts.developer.address, topUp(developer, { deal, amount: 456n }), 5);
    const replaced = await client.getBlock({ blockNumber: orphaned.number });
    expect(replaced.hash).not.to.equal(orphaned.hash);
    await until("the backend follows the new branch", async () => {
      return (await api.payments({ deal: Number(deal) })).items.some(({ amount }) => amount === "456");
    });
    await client.setIntervalMining({ interval: 1 });
    expect((await readDeal(developer, deal, terms)).balance <= balance + 456n).to.equal(true);
    const { items } = await api.payments({ deal: Number(deal) });
    const deposits = items.filter(({ kind }) => kind === "deposit").map(({ amount }) => BigInt(amount));
    expect(deposits).to.include(456n);
    expect(deposits).not.to.include(123n);
    await until("the nodes serve on", async () => (await workingNodes(net, deal)).length === 2);
  });

  it("keeps answering when the backend is killed, and catches up to the same tables", async () => {
    const [{ deal, developer }] = deals as [RunningDeal];
    const caller = createCaller({ chain: developer, api: createApi(net.apiUrl) });
    const first = await caller.call(deal, { path: "/before", body: "warm" });
    expect(first.status).to.equal(200);

    await net.backend.kill();
    const until = (await currentEpoch(developer)) + 3;
    let calls = 0;
    while ((await currentEpoch(developer)) < until) {
      const body = `call ${calls} ${Math.random()}`;
      const answer = await caller.call(deal, { path: "/x", body });
      expect(answer.status).to.equal(200);
      expect(new TextDecoder().decode(answer.body)).to.include(body);
      calls += 1;
      await delay(100);
    }
    expect(calls).to.be.greaterThan(20);
    // Somebody who never heard of the backend finds the workers on the chain alone.
    const stranger = createCaller({ chain: await net.connectAs("caller") });
    expect((await stranger.call(deal, { path: "/", body: "hi" })).status).to.equal(200);

    await net.restartBackend();
    await expectSameTables(net);
    await net.restartBackend();
  });

  it("replaces a killed node by a spare", async () => {
    const [{ deal, terms, developer }] = deals as [RunningDeal];
    const [victim] = await workersOf(net, deal);
    const dead = net.nodes.find(({ nodeId }) => nodeId === victim);
    const spare = net.nodes.find(({ nodeId }) => nodeId === 3);
    if (dead === undefined || spare === undefined) throw new Error("no victim");
    await dead.service.kill();
    // No call through the SDK fails in the meantime.
    const caller = createCaller({ chain: developer, api: createApi(net.apiUrl) });
    const watched = { done: false };
    const watch = until(
      "the spare replaced the dead node",
      async () => {
        const workers = await readWorkers(developer, deal);
        return workers.some(({ node }) => node === spare.nodeId && node !== dead.nodeId);
      },
      { timeoutMs: 120_000 },
    ).finally(() => {
      watched.done = true;
    });
    while (!watched.done) {
      const answer = await caller.call(deal, { path: "/", body: String(Math.random()), idempotent: true });
      expect(answer.status).to.equal(200);
      await delay(200);
    }
    await watch;
    await until("the spare answers", async () => (await callNode(spare.endpoint, deal)).status === 200);
    expect((await readDeal(developer, deal, terms)).workers).to.equal(2);
    // The index may be a moment behind the chain.
    await until("the API tells of the eviction", async () => {
      const { items } = await createApi(net.apiUrl).events({ deal: Number(deal), limit: 200 });
      return items.some(({ name, node }) => name === "WorkerEnded" && node === dead.nodeId);
    });
    await net.restartNode(dead);
  });

  it("pauses a deal without money at the funded epoch, and a top-up resumes it", async () => {
    const price = BigInt(1000 + 1200);
    const running = await deployEcho(net, { deposit: "0.012" });
    deals.push(running);
    const { deal, terms, developer } = running;
    await until(
      "the deal is insolvent",
      async () => (await readDeal(developer, deal, terms)).status === "insolvent",
      { timeoutMs: 120_000 },
    );
    const state = await readDeal(developer, deal, terms);
    expect(state.balance < state.ratePerEpoch).to.equal(true);
    expect(state.ratePerEpoch >= price).to.equal(true);
    await until("the workers stop", async () => (await workingNodes(net, deal)).length === 0);
    await topUp(developer, { deal, amount: 100_000n });
    await until("the workers answer again", async () => (await workingNodes(net, deal)).length === 2);
    expect((await readDeal(developer, deal, terms)).status).to.equal("active");
  });

  it("lets everybody pull exactly what is theirs", async () => {
    const chain = await net.connectAs("developer");
    await expectBooksBalance(net, deals);
    const staked = await chain.publicClient.readContract({
      address: net.deployment.contracts.mill,
      abi: millAbi,
      functionName: "balanceOf",
      args: [net.deployment.contracts.staking],
    });
    const providers = net.nodes.map(({ provider }) => provider);
    const total = (await stakeTotal(chain, providers)) + (await slashTotal(chain));
    expect(total).to.equal(staked);
  });
});

/** Stops the backend, and compares its derived tables with those of a database built from genesis. */
async function expectSameTables(net: Devnet): Promise<void> {
  const api = createApi(net.apiUrl);
  const client = testClient(net.rpcUrl);
  await client.setIntervalMining({ interval: 0 });
  try {
    const head = Number(await client.getBlockNumber());
    await until("the backend is at the head", async () => (await api.deals()).asOfBlock === head);
    await net.backend.stop();
    const fresh = await mkdtemp(join(tmpdir(), "millrace-refold-"));
    const DEPLOYMENT_FILE = join(net.folder, "deployment.json");
    try {
      await indexFromGenesis(net, fresh, head);
      const [grown, rebuilt] = [
        await dump({ DEPLOYMENT_FILE, DATA_FOLDER: join(net.folder, "backend") }),
        await dump({ DEPLOYMENT_FILE, DATA_FOLDER: fresh }),
      ];
      expect(grown.length).to.be.greaterThan(500);
      expect(rebuilt).to.equal(grown);
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
  } finally {
    await client.setIntervalMining({ interval: 1 });
  }
}

async function indexFromGenesis(net: Devnet, dataFolder: string, head: number): Promise<void> {
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const service = await startService({
    name: "second indexer",
    script: join(root, "backend/src/main.ts"),
    env: {
      RPC_URL: net.rpcUrl,
      DEPLOYMENT_FILE: join(net.folder, "deployment.json"),
      DATA_FOLDER: dataFolder,
      HOST: "127.0.0.1",
      PORT: String(port),
      FINALITY_DEPTH: "5",
      ROLES: "indexer,api",
    },
    logFile: join(net.folder, "logs/second-indexer.log"),
  });
  try {
    const api = createApi(`http://127.0.0.1:${port}`);
    await waitUntil("indexing from genesis", async () => (await api.deals()).asOfBlock === head, {
      service,
      timeoutMs: 60_000,
    });
  } finally {
    await service.stop();
  }
}

/** Waits for a transaction while it is put into a block by hand, and mines up to `blocks` blocks in all. */
async function mined(
  client: ReturnType<typeof testClient>,
  address: `0x${string}`,
  sending: Promise<unknown>,
  blocks: number,
): Promise<void> {
  await until("the transaction is pending", async () => {
    const [pending, latest] = await Promise.all(
      (["pending", "latest"] as const).map((blockTag) => client.getTransactionCount({ address, blockTag })),
    );
    return pending !== latest;
  });
  for (let block = 0; block < blocks; block += 1) await client.mine({ blocks: 1 });
  await sending;
}

async function workersOf(net: Devnet, deal: bigint): Promise<number[]> {
  const chain = await net.connectAs("developer");
  return (await readWorkers(chain, deal)).map(({ node }) => node).sort((a, b) => a - b);
}
