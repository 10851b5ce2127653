import {
  attest,
  connect,
  constraintOf,
  dismiss,
  epochAt,
  explainWaiting,
  formatTime,
  pauseEntry,
  readWorkers,
  releaseWorker,
  revokeAttestation,
  setOffer,
  stopDeal,
  type Chain,
  type Terms,
} from "@millrace/sdk";
import { expect } from "chai";
import { parseEther, zeroAddress } from "viem";
import { createMatcher, type Matcher } from "../../src/matcher/matcher.ts";
import { readOfferingNodes } from "../../src/matcher/reads.ts";
import { createMetrics } from "../../src/metrics/metrics.ts";
import { readHindrance } from "../../src/store/hindrances.ts";
import type { Store } from "../../src/store/store.ts";
import { testLog } from "../support/api.ts";
import { addProvider, openDeal, termsOf, type TestNode } from "../support/market.ts";
import type { TestNetwork } from "../support/network.ts";
import { expectToLookAgain, openRoleSetting, type RoleSetting } from "../support/role.ts";

/** The guardian in deploy/parameters/devnet.json. */
const guardianAccount = 10;

describe("createMatcher, on a real chain", function () {
  this.timeout(120_000);
  let network: TestNetwork;
  let store: Store;
  let setting: RoleSetting;
  let developer: Chain;
  let wallet: Chain;
  let nodes: TestNode[];
  let matcher: Matcher;

  before(async () => {
    setting = await openRoleSetting();
    ({ network, store, developer, wallet } = setting);
    nodes = [
      ...(await addProvider(network, 2, [{ ask: 1_500n }, { ask: 1_100n }])),
      ...(await addProvider(network, 3, [{ ask: 1_000n }])),
      ...(await addProvider(network, 4, [{ ask: 1_200n }, { ask: 5_000n, stakedUnits: 0 }])),
    ];
    matcher = newMatcher();
  });
  after(async () => {
    await matcher.idle();
    await setting.close();
  });
  const newMatcher = (matchDepth = 0) =>
    createMatcher({
      store,
      chain: () => Promise.resolve(wallet),
      matchDepth,
      metrics: createMetrics(),
      log: testLog,
    });
  const open = (changes: Partial<Terms> = {}) => openDeal(developer, termsOf(network, changes));
  /** One indexed block and what the matcher makes of it. */
  const pass = (which = matcher) => setting.pass(which);
  const workersOf = async (deal: number) =>
    (await readWorkers(developer, BigInt(deal))).map(({ node }) => node).sort((a, b) => a - b);
  const idsOf = (...indices: number[]) => indices.map((index) => nodes[index]?.node).sort();
  const sentBy = (chain: Chain) => setting.sentBy(chain);

  it("behavior: what the database refused is looked at again in the same block", () =>
    expectToLookAgain(setting, "DELETE FROM hindrance WHERE NOT", (shaken) =>
      createMatcher({
        store: shaken,
        chain: () => Promise.resolve(wallet),
        ...{ matchDepth: 0, metrics: createMetrics(), log: testLog },
      }),
    ));

  it("default: takes the cheapest eligible nodes, at most one a provider, in one transaction", async () => {
    const before = await sentBy(wallet);
    const deal = await open();
    await pass();
    // 1,000 and 1,100; the second provider's other node and the unstaked one stay out.
    expect(await workersOf(deal)).to.deep.equal(idsOf(2, 1));
    expect(await sentBy(wallet)).to.equal(before + 1);
    await pass();
    await pass();
    expect(await sentBy(wallet), "a full deal costs no transaction").to.equal(before + 1);
  });

  it("behavior: cheap offers with nothing behind them are asked about last", async () => {
    const empty = await addProvider(network, 8, [
      { ask: 1n, stakedUnits: 0 },
      { ask: 2n, stakedUnits: 0 },
    ]);
    await network.index(store);
    const need = { token: network.token, unitsPerWorker: 1, lock: parseEther("200") };
    const cheapest = await readOfferingNodes(store, { ...need, limit: 2 });
    expect(cheapest.map(({ node }) => node)).to.deep.equal([...idsOf(2), ...idsOf(1)]);
    const all = (await readOfferingNodes(store, { ...need, limit: 10 })).map(({ node }) => node);
    expect(all.slice(-2)).to.deep.equal(empty.map(({ node }) => node));
    // Units and stake that are there, but not for so much.
    const large = await readOfferingNodes(store, { ...need, unitsPerWorker: 41, limit: 1 });
    expect(large.map(({ node }) => node)).to.deep.equal([empty[0]?.node]);
    for (const { owner, node } of empty)
      await setOffer(owner, { node, token: network.token, askPerUnitEpoch: 1n, on: false });
    await network.index(store);
  });

  it("behavior: candidates by ask, then fewer units in use, then id", async () => {
    const [first, second, third] = nodes;
    if (first === undefined || second === undefined || third === undefined) throw new Error("no nodes");
    const deal = await open({ targetWorkers: 1 });
    await pass();
    expect(await workersOf(deal)).to.deep.equal([third.node]);
    await setOffer(third.owner, {
      node: third.node,
      token: network.token,
      askPerUnitEpoch: 1_500n,
      on: true,
    });
    await network.index(store);
    const need = { token: network.token, unitsPerWorker: 1, lock: 1n };
    const sorted = await readOfferingNodes(store, { ...need, limit: 10 });
    expect(sorted.slice(0, 4).map(({ node }) => node)).to.deep.equal([
      ...idsOf(1),
      ...idsOf(3),
      first.node,
      third.node,
    ]);
    expect(await readOfferingNodes(store, { ...need, limit: 1 })).to.have.length(1);
    await setOffer(third.owner, {
      node: third.node,
      token: network.token,
      askPerUnitEpoch: 1_000n,
      on: true,
    });
  });

  it("behavior: takes the node that the terms' attester vouches for, as long as he does", async () => {
    const [vouched, other] = nodes;
    if (vouched === undefined || other === undefined) throw new Error("no nodes");
    const attester = developer.account?.address ?? zeroAddress;
    const gpus = constraintOf({ attribute: "gpus", operator: "atLeast", value: 2n, attester });
    const asking = { targetWorkers: 1, constraints: [gpus] };
    const { timestamp } = await developer.publicClient.getBlock();
    const expiresAt = timestamp + 500n; // half an epoch
    const said = { attribute: "gpus", value: 2n, expiresAt };
    // What somebody else attests is not asked for.
    await attest(other.owner, { node: other.node, ...said, revision: 1 });
    const deal = await open(asking);
    await pass();
    expect(await workersOf(deal)).to.deep.equal([]);

    await attest(developer, { node: vouched.node, ...said, revision: 1 });
    await pass();
    expect(await workersOf(deal)).to.deep.equal([vouched.node]);
    const spare = await open({ ...asking, targetWorkers: 2 });
    await attest(developer, { node: other.node, ...said, revision: 1 });
    await revokeAttestation(developer, { node: other.node, attribute: "gpus" });
    await pass();
    expect(await workersOf(spare), "revoked").to.deep.equal([vouched.node]);
    const late = await open(asking);
    await network.nextEpoch(...nodes.map(({ operator }) => operator));
    await pass();
    expect(await workersOf(late), "expired").to.deep.equal([]);
    const why = await explainWaiting(developer, BigInt(late));
    expect(why?.sentence).to.include(
      `node ${vouched.node} has no gpus, wanted is gpus ≥ 2 attested by ${attester}`,
    );
    for (const id of [deal, spare, late]) await stopDeal(developer, { deal: BigInt(id) });
  });

  it("behavior: waits until the deal is deep enough", async () => {
    const deep = newMatcher(3);
    const deal = await open();
    await pass(deep);
    expect(await workersOf(deal)).to.deep.equal([]);
    await network.mine(3);
    await pass(deep);
    expect(await workersOf(deal)).to.have.length(2);
  });

  it("behavior: a deal whose terms name its end is matched as long as an epoch is to come", async () => {
    const { timestamp } = await developer.publicClient.getBlock();
    const epoch = epochAt(network.deployment, timestamp);
    const [soon, later] = [await open({ endEpoch: epoch + 2 }), await open({ endEpoch: epoch + 50 })];
    await pass();
    for (const deal of [soon, later]) expect(await workersOf(deal)).to.have.length(2);
    for (const deal of [soon, later]) await stopDeal(developer, { deal: BigInt(deal) });
  });

  it("behavior: an ask that rose since it was indexed is taken for what it is now", async () => {
    const cheap = nodes[2];
    if (cheap === undefined) throw new Error("no node");
    const deal = await open({ targetWorkers: 1 });
    await network.index(store);
    await setOffer(cheap.owner, {
      node: cheap.node,
      token: network.token,
      askPerUnitEpoch: 1_900n,
      on: true,
    });
    await matcher.step();
    await matcher.idle();
    expect(await workersOf(deal)).to.deep.equal(idsOf(1));
    await setOffer(cheap.owner, {
      node: cheap.node,
      token: network.token,
      askPerUnitEpoch: 1_000n,
      on: true,
    });
  });

  it("behavior: says what hinders a deal, holds no other up, and matches when it can", async () => {
    const tooMany = await open({ minWorkers: 4, targetWorkers: 4 });
    const good = await open();
    await pass();
    expect(await workersOf(good)).to.have.length(2);
    expect(await workersOf(tooMany)).to.deep.equal([]);
    expect(await readHindrance(store.database, tooMany)).to.match(/would have 3 workers.*at least 4/);
    expect(await readHindrance(store.database, good)).to.equal(undefined);
    await addProvider(network, 5, [{ ask: 1_900n }]);
    await network.mine(6);
    await pass();
    expect(await workersOf(tooMany)).to.have.length(4);
    expect(await readHindrance(store.database, tooMany)).to.equal(undefined);
  });

  it("behavior: takes as many as the balance covers, and says what is missing when it covers none", async () => {
    const operators = nodes.map(({ operator }) => operator);
    const terms = termsOf(network, { targetWorkers: 3 });
    const deal = BigInt(await openDeal(developer, terms)); // 2 epochs x 3 workers x 2,000
    await pass();
    expect(await workersOf(Number(deal))).to.deep.equal(idsOf(1, 2, 3));
    await network.nextEpoch(...operators);
    await network.nextEpoch(...operators); // 12,000 - 2 x (1,000 + 1,100 + 1,200) = 5,400
    const [dearest, middle] = [nodes[3]?.node ?? 0, nodes[1]?.node ?? 0];
    for (const node of [dearest, middle]) await dismiss(developer, { deal, node });
    await network.nextEpoch(...operators); // 4,400: enough for two epochs of 1,000 + 1,100, not of all three
    for (const node of [dearest, middle]) await releaseWorker(developer, { deal, node });
    await pass();
    expect(await workersOf(Number(deal))).to.deep.equal(idsOf(1, 2));
    await network.nextEpoch(...operators); // 2,300: not enough for the two that it has
    await pass();
    expect(await workersOf(Number(deal))).to.deep.equal(idsOf(1, 2));
    expect(await readHindrance(store.database, Number(deal))).to.match(/holds 0\.0023 tUSD and needs/);
    await stopDeal(developer, { deal });
  });

  it("behavior: two matchers on one deal do no harm", async () => {
    const other = createMatcher({
      store,
      chain: async () => network.connectAs(7),
      matchDepth: 0,
      metrics: createMetrics(),
      log: testLog,
    });
    const deals = [await open(), await open(), await open()];
    await network.index(store);
    await Promise.all([matcher.step(), other.step()]);
    await Promise.all([matcher.idle(), other.idle()]);
    for (const deal of deals) expect(await workersOf(deal)).to.have.length(2);
    expect(other.trouble()).to.equal(undefined);
  });

  it("error: no gas money is the matcher's trouble and the deal's hindrance, until there is some", async () => {
    const { rpcUrl, deployment } = network;
    const poor = await connect({
      rpcUrl,
      deployment,
      privateKey: `0x${"17".repeat(32)}`,
      pollingIntervalMs: 20,
    });
    let chain = poor;
    const broke = createMatcher({
      store,
      chain: () => Promise.resolve(chain),
      matchDepth: 0,
      metrics: createMetrics(),
      log: testLog,
    });
    const deal = await open();
    await pass(broke);
    expect(await workersOf(deal)).to.deep.equal([]);
    expect(broke.trouble()).to.match(/gas/);
    expect(await readHindrance(store.database, deal)).to.match(/gas/);
    chain = wallet;
    await network.mine(4);
    await pass(broke);
    expect(await workersOf(deal)).to.have.length(2);
    expect(broke.trouble()).to.equal(undefined);
  });

  it("behavior: while the guardian has closed the entry nothing is sent and the deal is told; then it is matched", async () => {
    const guardian = await network.connectAs(guardianAccount);
    const operators = nodes.map(({ operator }) => operator);
    const deal = await open();
    const before = await sentBy(wallet);
    const { until } = await pauseEntry(guardian, { seconds: 1_500 });
    for (let round = 0; round < 3; round++) {
      await pass();
      await network.mine(6);
    }
    expect(await workersOf(deal)).to.deep.equal([]);
    expect(await sentBy(wallet)).to.equal(before);
    expect(await readHindrance(store.database, deal)).to.include(formatTime(until));
    expect(matcher.trouble()).to.equal(undefined);

    await network.nextEpoch(...operators);
    await network.nextEpoch(...operators);
    await pass();
    expect(await workersOf(deal)).to.have.length(2);
    expect(await readHindrance(store.database, deal)).to.equal(undefined);
  });

  it("error: an unreachable chain is survived", async () => {
    let down = true;
    const patient = createMatcher({
      store,
      chain: () =>
        down
          ? connect({ rpcUrl: "http://127.0.0.1:9", deployment: network.deployment })
          : Promise.resolve(wallet),
      matchDepth: 0,
      metrics: createMetrics(),
      log: testLog,
    });
    const deal = await open();
    await pass(patient);
    expect(patient.trouble()).to.match(/can't be reached/);
    down = false;
    await network.mine(2);
    await pass(patient);
    expect(await workersOf(deal)).to.have.length(2);
    const given = await open();
    down = true;
    await network.mine(3);
    await pass(patient);
    expect(patient.trouble()).to.match(/can't be reached/);
    await stopDeal(developer, { deal: BigInt(given) });
    await pass(patient);
    expect(patient.trouble(), "the deal that met the trouble is gone").to.equal(undefined);
  });
});
