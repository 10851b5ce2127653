import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, dealsAbi, dealStatuses, registryAbi, stakingAbi, termsFromJson } from "@millrace/sdk";
import { expect } from "chai";
import { zeroAddress, type Address } from "viem";
import { testClient } from "../../../scripts/devnet/chain.ts";
import { rpcSource } from "../../src/chain/rpcSource.ts";
import { indexTo } from "../../src/indexer/indexer.ts";
import { refold } from "../../src/indexer/refold.ts";
import { readCursor } from "../../src/store/cursor.ts";
import { listDeals, listWorkers } from "../../src/store/deals.ts";
import { dumpDerived } from "../../src/store/dump.ts";
import { listCredits } from "../../src/store/log.ts";
import { listNodes, listOffers } from "../../src/store/nodes.ts";
import { listProviders } from "../../src/store/providers.ts";
import type { Store } from "../../src/store/store.ts";
import { presentTerms } from "../../src/terms.ts";
import { createTestDatabase, databaseKinds, type DatabaseKind } from "../store/databases.ts";
import { startNetwork, type TestNetwork } from "../support/network.ts";
import { randomOf, startScenario, type Scenario } from "./scenario.ts";

const seed = Number(process.env["MILLRACE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const isLong = process.env["MILLRACE_LONG"] !== undefined;
const depth = 5;
const root = path.join(import.meta.dirname, "../../..");
const page = { limit: 500 };

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

  for (const kind of databaseKinds) {
    it(`behavior: follows a real reorg of three blocks, on ${kind}`, () =>
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

async function expectAsOnChain(store: Store, { developer, nodes }: Scenario): Promise<void> {
  const { publicClient, deployment } = developer;
  const deals = { address: deployment.contracts.deals, abi: dealsAbi } as const;
  for (const { row, state } of (await listDeals(store, page)).items) {
    const deal = BigInt(row.id);
    const view = await publicClient.readContract({ ...deals, functionName: "getDeal", args: [deal] });
    const hash = await publicClient.readContract({
      ...deals,
      functionName: "hashTerms",
      args: [termsFromJson(presentTerms(row.terms))],
    });
    const { everUnfunded: _everUnfunded, ...stored } = view.deal;
    expect(
      {
        status: state.status,
        owner: row.owner,
        termsHash: hash,
        paymentToken: row.paymentToken,
        settledEpoch: state.settledEpoch,
        assignedInSettledEpoch: row.lastAssignedEpoch === state.settledEpoch,
        workers: row.workers,
        targetWorkers: row.targetWorkers,
        minWorkers: row.minWorkers,
        unitsPerWorker: row.unitsPerWorker,
        feeBps: row.feeBps,
        balance: state.balance,
        ratePerEpoch: row.ratePerEpoch,
        insolventSince: state.insolventSince ?? 0,
        endEpoch: state.endEpoch ?? 0,
        minFundedEpochs: row.minFundedEpochs,
        fundedThroughEpoch:
          state.fundedThroughEpoch === null ? 2n ** 256n - 1n : BigInt(state.fundedThroughEpoch),
      },
      `deal ${row.id}`,
    ).to.deep.equal({
      ...stored,
      status: dealStatuses[view.status - 1],
      owner: view.owner,
      termsHash: view.termsHash,
      fundedThroughEpoch: view.fundedThroughEpoch,
    });
    for (const { node } of nodes) {
      const worker = await publicClient.readContract({
        ...deals,
        functionName: "getWorker",
        args: [deal, node],
      });
      const { items } = await listWorkers(store, { ...page, deal: row.id, node });
      const [own] = items;
      expect(own?.firstEpoch ?? 0, `worker ${row.id}-${node}`).to.equal(worker.firstEpoch);
      if (own === undefined) continue;
      expect([own.lastEpoch ?? 0, own.settledEpoch, own.pricePerUnitEpoch, own.provider]).to.deep.equal([
        worker.lastEpoch,
        worker.settledEpoch,
        worker.pricePerUnitEpoch,
        worker.provider,
      ]);
      expect(own.lock).to.equal(BigInt(worker.lockMilliMill) * 10n ** 15n);
    }
  }
  await expectProvidersAsOnChain(store, developer, deals);
}

async function expectProvidersAsOnChain(
  store: Store,
  { publicClient, deployment }: Scenario["developer"],
  deals: { readonly address: Address; readonly abi: typeof dealsAbi },
): Promise<void> {
  const registry = { address: deployment.contracts.registry, abi: registryAbi } as const;
  const staking = { address: deployment.contracts.staking, abi: stakingAbi } as const;
  const accounts = new Set<string>();
  for (const provider of (await listProviders(store, page)).items) {
    const args = [provider.id] as const;
    const stake = await publicClient.readContract({ ...staking, functionName: "getStake", args });
    expect([provider.stake.free, provider.stake.locked]).to.deep.equal([stake.free, stake.locked]);
    const view = await publicClient.readContract({ ...registry, functionName: "getProvider", args });
    expect([provider.owner, provider.payout, provider.pendingPayout ?? zeroAddress]).to.deep.equal([
      view.owner,
      view.payout,
      view.pendingPayout,
    ]);
    accounts.add(provider.payout).add(provider.owner);
  }
  for (const node of (await listNodes(store, page)).items) {
    const view = await publicClient.readContract({ ...registry, functionName: "getNode", args: [node.id] });
    const own = [node.provider, node.units, node.unitsInUse, node.retired, node.country];
    expect(own).to.deep.equal([
      view.provider,
      view.units,
      view.unitsInUse,
      view.retired,
      view.attributes.country,
    ]);
    const key = await publicClient.readContract({
      ...registry,
      functionName: "getOperatorKey",
      args: [node.operator as Address],
    });
    expect(key.node).to.equal(node.id);
  }
  for (const offer of (await listOffers(store, page)).items) {
    const args = [offer.node, offer.token as Address] as const;
    const view = await publicClient.readContract({ ...registry, functionName: "getOffer", args });
    expect([offer.askPerUnitEpoch, offer.on]).to.deep.equal([view.askPerUnitEpoch, view.on]);
  }
  for (const account of [...accounts, zeroAddress])
    for (const { kind, token, amount } of (await listCredits(store, account)).items) {
      const args = [account as Address, token as Address] as const;
      const view =
        kind === "fee"
          ? await publicClient.readContract({ ...deals, functionName: "fees", args: [args[1]] })
          : await publicClient.readContract({
              ...deals,
              functionName: kind === "earnings" ? "earnings" : "refunds",
              args,
            });
      expect(amount, `${kind} of ${account}`).to.equal(view);
    }
}
