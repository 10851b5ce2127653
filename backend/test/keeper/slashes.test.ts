import {
  createApi,
  evict,
  matchDeal,
  readShares,
  stopDeal,
  vetoSlash,
  type Api,
  type Chain,
  type SlashItem,
} from "@millrace/sdk";
import { expect } from "chai";
import { testClient } from "../../../scripts/devnet/chain.ts";
import { createKeeper, type Keeper } from "../../src/keeper/keeper.ts";
import { createMetrics, type Metrics } from "../../src/metrics/metrics.ts";
import { openTestApi, testLog, type TestApi } from "../support/api.ts";
import { addProvider, openDeal, termsOf, type TestNode } from "../support/market.ts";
import { startNetwork, type TestNetwork } from "../support/network.ts";

/** The devnet's accounts, see scripts/devnet/accounts.ts. */
const guardianAccount = 10;
/** Longer than the devnet's slashVetoWindow of 60 s, shorter than an epoch here. */
const vetoSeconds = 70;

describe("a keeper and slashes, on a real chain", function () {
  this.timeout(120_000);
  let network: TestNetwork;
  let server: TestApi;
  let api: Api;
  let developer: Chain;
  let reporter: Chain;
  let wallet: Chain;
  let keeper: Keeper;
  let metrics: Metrics;
  let deal: bigint;
  let nodes: TestNode[];

  /** Two workers that were away, reported by somebody else than the keeper, and one that was not. */
  before(async () => {
    network = await startNetwork();
    developer = await network.connectAs(1);
    reporter = await network.connectAs(7);
    wallet = await network.connectAs(6);
    server = await openTestApi({ deployment: network.deployment, chain: () => Promise.resolve(developer) });
    api = createApi(await server.app.listen({ port: 0 }));
    nodes = [];
    for (const account of [2, 3, 4]) nodes.push(...(await addProvider(network, account, [{ ask: 1_000n }])));
    deal = BigInt(await openDeal(developer, termsOf(network, { targetWorkers: 3 }), 1_000_000n));
    await matchDeal(developer, { deal, candidates: nodes.map(({ node }) => ({ node, maxAsk: 1_000n })) });
    const there = nodes[2]?.operator;
    if (there === undefined) throw new Error("no node");
    for (let epoch = 0; epoch < 3; epoch++) await network.nextEpoch(there);
    metrics = createMetrics();
    keeper = createKeeper({
      ...{
        store: server.store,
        chain: () => Promise.resolve(wallet),
        settleAfterEpochs: 0,
        challenges: false,
      },
      ...{ metrics, log: testLog },
    });
  });
  after(async () => {
    await keeper.idle();
    await server.close();
    await network.stop();
  });

  const pass = async () => {
    // Beyond the blocks for which a failed or finished attempt rests.
    await network.mine(3);
    await network.index(server.store);
    await keeper.step();
    await keeper.idle();
    await network.index(server.store);
  };
  const executed = async () => {
    const { values } = await metrics.keeperActions.get();
    return values.find(({ labels }) => labels.action === "executeSlash")?.value ?? 0;
  };
  const states = async () =>
    (await api.slashes()).items.map(({ id, state }: Pick<SlashItem, "id" | "state">) => `${id} ${state}`);

  it("default: executes what is due, once, and not what was vetoed or may still be", async () => {
    for (const { node } of nodes.slice(0, 2)) await evict(reporter, { deal, node });
    await pass();
    expect(await states()).to.deep.equal(["2 escrowed", "1 escrowed"]);
    await vetoSlash(await network.connectAs(guardianAccount), { slash: 1n });
    await pass();
    expect(await executed(), "within the veto window").to.equal(0);

    await testClient(network.rpcUrl).increaseTime({ seconds: vetoSeconds });
    await pass();
    expect(await states()).to.deep.equal(["2 executed", "1 vetoed"]);
    expect(await executed()).to.equal(1);
    const sent = () => wallet.publicClient.getTransactionCount({ address: wallet.account?.address ?? "0x" });
    const before = await sent();
    await pass();
    await pass();
    expect([await executed(), await sent()], "nothing is left to do").to.deep.equal([1, before]);

    const [second] = (await api.slashes({ state: "executed" })).items;
    const amount = BigInt(second?.amount ?? "0");
    expect(await readShares(developer, developer.account?.address ?? "0x")).to.equal((amount * 4n) / 10n);
    expect(await readShares(developer, reporter.account?.address ?? "0x")).to.equal(amount / 10n);
  });

  it("behavior: the API lists them by provider, deal and state", async () => {
    const [first, second] = nodes;
    const own = (await api.slashes({ provider: first?.provider ?? 0 })).items;
    expect(own).to.have.length(1);
    expect(own[0]).to.include({
      ...{ id: 1, provider: first?.provider, deal: Number(deal), node: first?.node, state: "vetoed" },
      ...{ owner: developer.account?.address, reporter: reporter.account?.address },
    });
    expect((await api.slashes({ deal: Number(deal) })).items).to.have.length(2);
    expect((await api.slashes({ deal: Number(deal) + 1 })).items).to.deep.equal([]);
    expect((await api.slashes({ state: "executed" })).items.map(({ node }) => node)).to.deep.equal([
      second?.node,
    ]);
    const page = await api.slashes({ limit: 1 });
    expect(page.items.map(({ id }) => id)).to.deep.equal([2]);
    expect(
      (await api.slashes({ limit: 1, cursor: page.next ?? "" })).items.map(({ id }) => id),
    ).to.deep.equal([1]);
    await stopDeal(developer, { deal });
  });
});
