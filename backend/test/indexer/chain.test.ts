import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, matchDeal, releaseWorker, topUp } from "@millrace/sdk";
import { expect } from "chai";
import { testClient } from "../../../scripts/devnet/chain.ts";
import { rpcSource } from "../../src/chain/rpcSource.ts";
import { indexTo } from "../../src/indexer/indexer.ts";
import { refold } from "../../src/indexer/refold.ts";
import { readCursor } from "../../src/store/cursor.ts";
import { getDeal } from "../../src/store/deals.ts";
import { dumpDerived } from "../../src/store/dump.ts";
import type { Store } from "../../src/store/store.ts";
import { createTestDatabase, databaseKinds, type DatabaseKind } from "../store/databases.ts";
import { addProvider, openDeal, termsOf } from "../support/market.ts";
import { startNetwork, type TestNetwork } from "../support/network.ts";
import { expectAsOnChain } from "./asOnChain.ts";
import { randomOf, startScenario, type Scenario } from "./scenario.ts";

const seed = Number(process.env["MILLRACE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const isLong = process.env["MILLRACE_LONG"] !== undefined;
// A step of the scenario is up to a handful of blocks: a reorg of a few steps must stay within finality.
const depth = 20;
const root = path.join(import.meta.dirname, "../../..");

describe(`the index of a real chain (seed ${seed})`, function () {
  this.timeout(600_000);
  let network: TestNetwork;
  let scenario: Scenario;
  before(async () => {
    network = await startNetwork();
    scenario = await startScenario(network, seed);
  });
  after(() => network.stop());

  const head = async () => Number(await scenario.developer.publicClient.getBlockNumber());
  const indexHere = async (store: Store, finality = depth) => {
    const source = rpcSource(await connect({ rpcUrl: network.rpcUrl, deployment: network.deployment }));
    await indexTo({ store, source, finality: { depth: finality }, toBlock: await head() });
  };
  const withStore = async <T>(kind: DatabaseKind, use: (store: Store) => Promise<T>): Promise<T> => {
    const database = await createTestDatabase(kind);
    const store = await database.open(network.deployment);
    try {
      return await use(store);
    } finally {
      await store.close();
      await database.remove();
    }
  };
  const built = (kind: DatabaseKind) =>
    withStore(kind, async (store) => {
      await indexHere(store);
      return dumpDerived(store);
    });

  it("default: the tables, and deriveDeal in every epoch, say what the contracts' views say", () =>
    withStore("pglite", async (store) => {
      for (let round = 0; round < (isLong ? 60 : 10); round++) {
        await scenario.run(15);
        await indexHere(store);
        await expectAsOnChain(store, scenario);
        // Time alone changes deals, too: without any event of theirs.
        await network.nextEpoch();
        await indexHere(store);
        await expectAsOnChain(store, scenario);
      }
    }));

  it("behavior: a run of unfunded epochs keeps its first one, and ends the deal, over several decisions", () =>
    withStore("pglite", async (store) => {
      const { developer } = scenario;
      const [node] = await addProvider(network, 5, [{ ask: 2_000n }]);
      if (node === undefined) throw new Error("No node");
      const terms = termsOf(network, { targetWorkers: 1, minimumAsk: 2_000n });
      // Pays for two epochs.
      const deal = BigInt(await openDeal(developer, terms));
      await matchDeal(developer, { deal, candidates: [{ node: node.node, maxAsk: 2_000n }] });
      const expectNow = async (status: string) => {
        await indexHere(store);
        await expectAsOnChain(store, scenario);
        const found = await getDeal(store, Number(deal));
        expect(found?.item.state.status).to.equal(status);
      };
      await expectNow("active");
      for (let epoch = 0; epoch < 3; epoch++) await network.nextEpoch(node.operator);
      await topUp(developer, { deal, amount: 1n });
      await expectNow("insolvent");
      await network.nextEpoch();
      await expectNow("insolvent");
      await network.nextEpoch();
      await expectNow("ended");
      await releaseWorker(developer, { deal, node: node.node });
      await expectNow("ended");
    }));

  for (const kind of databaseKinds) {
    it(`behavior: follows a real reorg of three blocks or more, on ${kind}`, () =>
      withStore(kind, async (store) => {
        const client = testClient(network.rpcUrl);
        await scenario.run(5);
        await network.mine(depth);
        const id = await client.snapshot();
        const forkedAt = await head();
        while ((await head()) < forkedAt + 3) await scenario.run(1);
        await indexHere(store);
        const abandoned = await readCursor(store);
        await client.revert({ id });
        // Indexing while the chain is lower changes nothing.
        await network.mine(1);
        while ((await head()) <= (abandoned?.number ?? 0)) await scenario.run(1);
        await indexHere(store);
        expect(abandoned?.finalizedNumber).to.be.at.most(forkedAt);
        const block = await client.getBlock({ blockNumber: BigInt(abandoned?.number ?? 0) });
        expect(block.hash, "the chain was reorganised").not.to.equal(abandoned?.hash);
        const followed = await dumpDerived(store);
        expect(followed).to.deep.equal(await built(kind));
        await refold(store);
        expect(await dumpDerived(store)).to.deep.equal(followed);
      }));

    it(`behavior: SIGKILL at random moments loses and doubles nothing, on ${kind}`, async () => {
      await scenario.run(30);
      const random = randomOf(seed);
      const database = await createTestDatabase(kind);
      const env = {
        ...process.env,
        RPC_URL: network.rpcUrl,
        DEPLOYMENT_FILE: network.record,
        DATA_FOLDER: database.dataFolder,
        DATABASE_URL: database.databaseUrl ?? "",
        // Every block is a transaction of its own.
        FINALITY_DEPTH: "100000",
      };
      const toBlock = await head();
      const build = async (killAfterMs?: number): Promise<number | null> => {
        const args = ["backend/src/indexer/repair.ts", "build", "--to", String(toBlock)];
        const child = spawn(process.execPath, args, { cwd: root, env, stdio: "ignore" });
        const closed = once(child, "close") as Promise<[number | null]>;
        if (killAfterMs !== undefined) await Promise.race([sleep(killAfterMs), closed]);
        if (killAfterMs !== undefined) child.kill("SIGKILL");
        return (await closed)[0];
      };
      for (let kill = 0; kill < (isLong ? 15 : 2); kill++) await build(800 + random() * 2_500);
      expect(await build()).to.equal(0);
      const store = await database.open(network.deployment);
      try {
        expect((await readCursor(store))?.number).to.equal(toBlock);
        expect(await dumpDerived(store)).to.deep.equal(await built(kind));
      } finally {
        await store.close();
        await database.remove();
      }
    });
  }
});
