import {
  connect,
  epochAt,
  evict,
  matchDeal,
  registryAbi,
  releaseWorker,
  resign,
  setOffer,
  stakingAbi,
  stopDeal,
  type Chain,
  type Terms,
} from "@millrace/sdk";
import { expect } from "chai";
import { pino } from "pino";
import { zeroAddress } from "viem";
import { createKeeper, type Keeper } from "../../src/keeper/keeper.ts";
import { createMetrics } from "../../src/metrics/metrics.ts";
import { getDeal, listWorkers } from "../../src/store/deals.ts";
import type { Store } from "../../src/store/store.ts";
import { testLog } from "../support/api.ts";
import { addProvider, openDeal, termsOf, type TestNode } from "../support/market.ts";
import type { TestNetwork } from "../support/network.ts";
import { expectToLookAgain, openRoleSetting, type RoleSetting } from "../support/role.ts";

describe("createKeeper, on a real chain", function () {
  this.timeout(120_000);
  let network: TestNetwork;
  let store: Store;
  let setting: RoleSetting;
  let developer: Chain;
  let wallet: Chain;
  let keeper: Keeper;
  let nodes: [TestNode, TestNode];

  before(async () => {
    setting = await openRoleSetting();
    ({ network, store, developer, wallet } = setting);
    const [first] = await addProvider(network, 2, [{ ask: 1_000n }]);
    const [second] = await addProvider(network, 3, [{ ask: 1_000n }]);
    if (first === undefined || second === undefined) throw new Error("no nodes");
    nodes = [first, second];
    keeper = createKeeper({
      store,
      chain: () => Promise.resolve(wallet),
      settleAfterEpochs: 0,
      challenges: true,
      metrics: createMetrics(),
      log: testLog,
    });
  });
  after(async () => {
    await keeper.idle();
    await setting.close();
  });
  // Each test starts with nodes that hold nothing.
  beforeEach(async () => {
    for (const { node } of nodes) expect(await unitsInUse(node), "units in use before").to.equal(0);
  });

  /** A deal with both nodes as workers, funded for `epochs` epochs more than the least. */
  const open = async (changes: Partial<Terms> = {}, epochs = 20) => {
    const terms = termsOf(network, changes);
    const id = await openDeal(developer, terms, BigInt(epochs) * 2_000n);
    await matchDeal(wallet, {
      deal: BigInt(id),
      terms,
      candidates: nodes.map(({ node }) => ({ node, maxAsk: 1_000n })),
    });
    return id;
  };
  const pass = (which = keeper) => setting.pass(which);
  const workersOf = async (deal: number) => {
    const { items } = await listWorkers(store, { deal, limit: 10, released: true });
    return items.map(({ node, released, endCause }) => ({ node, released, endCause }));
  };
  const unitsInUse = async (node: number) => {
    const { publicClient, deployment } = developer;
    const address = deployment.contracts.registry;
    const found = await publicClient.readContract({
      address,
      abi: registryAbi,
      functionName: "getNode",
      args: [node],
    });
    return found.unitsInUse;
  };
  const lockedOf = async (provider: number) => {
    const { publicClient, deployment } = developer;
    const address = deployment.contracts.staking;
    const stake = await publicClient.readContract({
      address,
      abi: stakingAbi,
      functionName: "getStake",
      args: [provider],
    });
    return stake.locked;
  };
  const sent = () => setting.sentBy(wallet);
  const [resigned, evicted, replaced] = [2, 4, 5];
  /** What an account could withdraw, as the index has it. */
  const creditOf = async (account: string) => {
    const rows = await store.prisma.credit.findMany({ where: { account, kind: "earnings" } });
    return rows.reduce((sum, { amount }) => sum + BigInt(amount.toFixed(0)), 0n);
  };

  it("behavior: what the database refused is looked at again in the same block", () =>
    expectToLookAgain(setting, "FROM proposal", (shaken) =>
      createKeeper({
        store: shaken,
        chain: () => Promise.resolve(wallet),
        ...{ settleAfterEpochs: 0, challenges: true, metrics: createMetrics(), log: testLog },
      }),
    ));

  it("default: evicts a worker that missed too much, then releases it; leaves the others alone", async () => {
    const deal = await open();
    const [gone, there] = nodes;
    await network.nextEpoch(there.operator);
    await pass();
    await network.nextEpoch(there.operator);
    await pass();
    const before = await sent();
    await network.nextEpoch(there.operator); // two completed epochs missed
    await pass();
    expect(await sent()).to.equal(before + 1);
    expect(await workersOf(deal)).to.deep.include({ node: gone.node, released: false, endCause: evicted });
    await pass();
    expect(await sent(), "its last epoch isn't over").to.equal(before + 1);
    await network.nextEpoch(there.operator);
    await network.mine(2);
    await pass();
    expect(await workersOf(deal)).to.deep.equal([
      { node: gone.node, released: true, endCause: evicted },
      { node: there.node, released: false, endCause: null },
    ]);
    expect(await unitsInUse(gone.node)).to.equal(0);
    expect(await lockedOf(gone.provider)).to.equal(0n);

    // A stopped deal ends without an event per worker; what is left is released as well.
    await stopDeal(developer, { deal: BigInt(deal) });
    await pass();
    expect(await unitsInUse(there.node)).to.equal(1);
    await network.nextEpoch(there.operator, gone.operator);
    await pass();
    expect(await unitsInUse(there.node)).to.equal(0);
    // One eviction, two releases, and the slash once nobody could veto it any more.
    const slashes = await store.prisma.slash.findMany({ where: { deal: BigInt(deal) } });
    const executed = slashes.filter(({ state }) => state === "executed").length;
    expect(slashes.length).to.equal(1);
    expect(await sent()).to.equal(before + 3 + executed);
  });

  it("behavior: evicts from a deal whose end is agreed as well, as long as it lasts", async () => {
    const { timestamp } = await developer.publicClient.getBlock();
    const endEpoch = epochAt(network.deployment, timestamp) + 5;
    const deal = await open({ endEpoch });
    const [gone, there] = nodes;
    for (let missed = 0; missed < 3; missed++) await network.nextEpoch(there.operator);
    await pass();
    expect(await workersOf(deal)).to.deep.include({ node: gone.node, released: false, endCause: evicted });
    while (epochAt(network.deployment, (await developer.publicClient.getBlock()).timestamp) <= endEpoch)
      await network.nextEpoch(there.operator, gone.operator);
    await pass();
    await network.mine(3);
    await pass();
    expect((await workersOf(deal)).map(({ released }) => released)).to.deep.equal([true, true]);
  });

  it("behavior: ends a resigned worker after its notice and releases it", async () => {
    const deal = await open();
    const [leaver, stayer] = nodes;
    const operators = nodes.map(({ operator }) => operator);
    await network.nextEpoch(...operators);
    await resign(leaver.owner, { deal: BigInt(deal), node: leaver.node });
    await pass();
    await network.nextEpoch(...operators);
    await pass();
    expect((await workersOf(deal)).map(({ endCause }) => endCause)).to.deep.equal([null, null]);
    await network.nextEpoch(...operators);
    await pass();
    expect(await workersOf(deal)).to.deep.include({ node: leaver.node, released: false, endCause: resigned });
    await network.nextEpoch(...operators);
    await pass();
    expect(await workersOf(deal)).to.deep.equal([
      { node: leaver.node, released: true, endCause: resigned },
      { node: stayer.node, released: false, endCause: null },
    ]);
    await stopDeal(developer, { deal: BigInt(deal) });
    await network.nextEpoch(...operators);
    await pass();
  });

  it("behavior: releases a worker of a deal with a function commitment once it can be disputed no more", async () => {
    const deal = await open({ functionCommitment: `0x${"cd".repeat(32)}` });
    const operators = nodes.map(({ operator }) => operator);
    await network.nextEpoch(...operators);
    await pass();
    await stopDeal(developer, { deal: BigInt(deal) });
    await network.nextEpoch(...operators);
    const before = await sent();
    await pass();
    expect(await sent(), "the window is open").to.equal(before);
    expect(await unitsInUse(nodes[0].node)).to.equal(1);
    await network.nextEpoch(...operators);
    await pass();
    expect((await workersOf(deal)).map(({ released }) => released)).to.deep.equal([true, true]);
  });

  it("behavior: releases the workers of a deal that ran dry, though no event says that it ended", async () => {
    const operators = nodes.map(({ operator }) => operator);
    const deal = await open({}, 0); // 8,000 at 2,000 an epoch
    for (let epoch = 0; epoch < 4; epoch++) {
      await network.nextEpoch(...operators);
      await pass();
      expect(await unitsInUse(nodes[0].node)).to.equal(1);
    }
    const before = await sent();
    for (let epoch = 0; epoch < 3; epoch++) {
      await network.nextEpoch(...operators);
      await pass();
    }
    expect(await workersOf(deal)).to.deep.equal(
      nodes.map(({ node }) => ({ node, released: true, endCause: null })),
    );
    expect(await sent()).to.equal(before + 2);
    await network.index(store);
    expect((await getDeal(store, deal))?.item.state.status).to.equal("ended");
  });

  it("behavior: releases at the end epoch of the terms", async () => {
    const operators = nodes.map(({ operator }) => operator);
    await network.index(store);
    const { epoch } = (await getDeal(store, 1)) ?? { epoch: 0 };
    await open({ endEpoch: epoch + 2 });
    await network.nextEpoch(...operators);
    await network.nextEpoch(...operators);
    await pass();
    expect(await unitsInUse(nodes[0].node)).to.equal(1);
    await network.nextEpoch(...operators);
    await pass();
    for (const { node } of nodes) expect(await unitsInUse(node)).to.equal(0);
  });

  it("behavior: misses that don't count evict nobody", async () => {
    const deal = await open();
    // Nobody at all attends: the network was down, not the node.
    for (let epoch = 0; epoch < 4; epoch++) {
      await network.nextEpoch();
      await pass();
    }
    expect((await workersOf(deal)).map(({ endCause }) => endCause)).to.deep.equal([null, null]);
    await stopDeal(developer, { deal: BigInt(deal) });
    await network.nextEpoch(...nodes.map(({ operator }) => operator));
    await pass();
  });

  it("behavior: challenges a match of somebody else, and pays the tip once the window is over", async () => {
    const operators = nodes.map(({ operator }) => operator);
    const [cheap, dear] = nodes;
    await setOffer(dear.owner, { node: dear.node, token: network.token, askPerUnitEpoch: 1_500n, on: true });
    await network.nextEpoch(...operators);
    const terms = termsOf(network, { targetWorkers: 1, tipPerWorker: 700n });
    const deal = await openDeal(developer, terms, 40_000n);
    const friend = await network.connectAs(7);
    await matchDeal(friend, { deal: BigInt(deal), terms, candidates: [{ node: dear.node, maxAsk: 1_500n }] });
    await pass();
    expect(await workersOf(deal)).to.deep.equal([
      { node: cheap.node, released: false, endCause: null },
      { node: dear.node, released: false, endCause: replaced },
    ]);
    const account = wallet.account?.address ?? zeroAddress;
    expect((await getDeal(store, deal))?.item.workers[0]).to.include({
      tip: 700n,
      tipMatcher: friend.account?.address,
      tipChallenger: account,
      tipShare: 700n, // two epochs of 500 are more
    });
    for (let epoch = 0; epoch < 3; epoch++) {
      expect(await creditOf(account)).to.equal(0n);
      await network.nextEpoch(...operators);
      await network.mine(2);
      await pass();
    }
    expect(await creditOf(account)).to.equal(700n);
    expect((await getDeal(store, deal))?.item.workers[0]?.tip).to.equal(0n);
    await stopDeal(developer, { deal: BigInt(deal) });
    await network.nextEpoch(...operators);
    await pass();
  });

  it("behavior: leaves alone what it matched itself, what pays no tip, and what is within the tolerance", async () => {
    const operators = nodes.map(({ operator }) => operator);
    const [, dear] = nodes;
    const friend = await network.connectAs(7);
    const open1 = async (by: Chain, changes: Partial<Terms>) => {
      const terms = termsOf(network, { targetWorkers: 1, ...changes });
      const deal = BigInt(await openDeal(developer, terms, 10_000n));
      await matchDeal(by, { deal, terms, candidates: [{ node: dear.node, maxAsk: 1_500n }] });
      return deal;
    };
    const deals = [
      await open1(wallet, { tipPerWorker: 700n }),
      await open1(friend, {}),
      await open1(friend, { tipPerWorker: 700n, priceToleranceBps: 5_000 }),
    ];
    await pass();
    for (const deal of deals)
      expect(await workersOf(Number(deal))).to.deep.equal([
        { node: dear.node, released: false, endCause: null },
      ]);
    for (const deal of deals) await stopDeal(developer, { deal });
    await network.nextEpoch(...operators);
    await network.nextEpoch(...operators);
    await network.mine(6);
    await pass();
    await setOffer(dear.owner, { node: dear.node, token: network.token, askPerUnitEpoch: 1_000n, on: true });
  });

  it("behavior: what somebody else did first is no failure, though the index does not show it yet", async () => {
    const lines: string[] = [];
    const log = pino({ level: "warn" }, { write: (line: string) => void lines.push(line) });
    const friend = await network.connectAs(7);
    const slow = createKeeper({
      ...{ store, settleAfterEpochs: 0, challenges: true, metrics: createMetrics(), log },
      chain: () => Promise.resolve(friend),
    });
    const behind = async () => {
      await slow.step();
      await slow.idle();
    };
    const deal = await open();
    const [gone, there] = nodes;
    for (let epoch = 0; epoch < 4; epoch++) await network.nextEpoch(there.operator);
    await network.index(store);
    await evict(developer, { deal: BigInt(deal), node: gone.node });
    await behind();
    await network.nextEpoch(there.operator);
    await network.mine(2);
    await network.index(store);
    await releaseWorker(developer, { deal: BigInt(deal), node: gone.node });
    await behind();
    await stopDeal(developer, { deal: BigInt(deal) });
    await network.nextEpoch(...nodes.map(({ operator }) => operator));
    await pass();
    expect(lines).to.deep.equal([]);
    expect(slow.trouble()).to.equal(undefined);
  });

  it("behavior: two keepers do no harm; one without a chain recovers", async () => {
    let down = true;
    const others = [7, 8].map((account) =>
      createKeeper({
        store,
        chain: () =>
          down && account === 8
            ? connect({ rpcUrl: "http://127.0.0.1:9", deployment: network.deployment })
            : network.connectAs(account),
        settleAfterEpochs: 0,
        challenges: true,
        metrics: createMetrics(),
        log: testLog,
      }),
    );
    const deal = await open();
    const [gone, there] = nodes;
    for (let epoch = 0; epoch < 4; epoch++) await network.nextEpoch(there.operator);
    await network.index(store);
    const steps = await Promise.allSettled([keeper, ...others].map((which) => which.step()));
    expect(steps.map(({ status }) => status)).to.deep.equal(["fulfilled", "fulfilled", "rejected"]);
    await Promise.all([keeper, ...others].map((which) => which.idle()));
    await network.index(store);
    expect(await workersOf(deal)).to.deep.include({ node: gone.node, released: false, endCause: evicted });
    down = false;
    await network.nextEpoch(there.operator);
    for (const which of [...others, keeper]) {
      await network.mine(3);
      await pass(which);
    }
    expect(await unitsInUse(gone.node)).to.equal(0);
    expect(others.map((which) => which.trouble())).to.deep.equal([undefined, undefined]);
    await stopDeal(developer, { deal: BigInt(deal) });
    await network.nextEpoch(there.operator);
    await pass();
  });
});
