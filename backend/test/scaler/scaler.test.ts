import { matchDeal, readDeal, readScaler, setScaler, setTarget, type Chain } from "@millrace/sdk";
import { expect } from "chai";
import { pino } from "pino";
import { createMetrics } from "../../src/metrics/metrics.ts";
import { createScaler, type Scaler } from "../../src/scaler/scaler.ts";
import type { Store } from "../../src/store/store.ts";
import { addProvider, openDeal, termsOf, type TestNode } from "../support/market.ts";
import type { TestNetwork } from "../support/network.ts";
import { openRoleSetting, type RoleSetting } from "../support/role.ts";

const rules = { upCalls: 10, upAfterMs: 20_000, downCalls: 2, downAfterMs: 60_000 };

const lookSeconds = 5;

interface Said {
  level: number;
  msg: string;
  deal?: number;
  bound?: string;
}

/** A scaler whose clock and whose gateways' loads the test sets. */
interface Watched {
  readonly scaler: Scaler;
  readonly said: Said[];
  /** Looks at this load again and again for so long, and then waits until what it sent is in a block. */
  bear: (deal: number, calls: number, seconds: number, silent?: readonly string[]) => Promise<void>;
}

describe("createScaler, on a real chain", function () {
  this.timeout(120_000);
  let network: TestNetwork;
  let store: Store;
  let setting: RoleSetting;
  let developer: Chain;
  let wallet: Chain;
  let nodes: TestNode[];
  const opened: bigint[] = [];

  before(async () => {
    setting = await openRoleSetting();
    ({ network, store, developer, wallet } = setting);
    nodes = [];
    for (const [account, ask] of [
      [2, 1_000n],
      [3, 1_500n],
      [4, 1_200n],
    ] as const)
      nodes.push(...(await addProvider(network, account, [{ ask }])));
  });
  after(async () => {
    await setting.close();
  });

  const watch = (chain: Chain = wallet): Watched => {
    const said: Said[] = [];
    let loads: ReadonlyMap<number, number> = new Map();
    let silent: readonly string[] = [];
    let nowMs = 0;
    const scaler = createScaler({
      ...{ store, rules, metrics: createMetrics(), chain: () => Promise.resolve(chain) },
      loads: () => Promise.resolve({ loads, silent }),
      log: pino({ level: "info" }, { write: (line: string) => said.push(JSON.parse(line) as Said) }),
      now: () => nowMs,
    });
    return {
      ...{ scaler, said },
      async bear(deal, calls, seconds, quiet = []) {
        [loads, silent] = [new Map(calls === 0 ? [] : [[deal, calls]]), quiet];
        await network.index(store);
        for (let second = 0; second <= seconds; second += lookSeconds) {
          await scaler.step();
          nowMs += lookSeconds * 1_000;
          // What was sent is in a block before the next look.
          await scaler.idle();
        }
        await network.index(store);
      },
    };
  };

  /** A deal with `workers` of the nodes, whose scaler is the wallet unless told otherwise. */
  const open = async ({ workers = 1, capWorkers = 4, key = wallet.account?.address ?? "0x" } = {}) => {
    const terms = termsOf(network, { targetWorkers: workers });
    const deal = BigInt(await openDeal(developer, terms, 1_000_000n));
    opened.push(deal);
    await network.nextEpoch(...nodes.map(({ operator }) => operator));
    await matchDeal(developer, {
      deal,
      candidates: nodes.slice(0, workers).map(({ node }) => ({ node, maxAsk: 2_000n })),
    });
    await setScaler(developer, { deal, scaler: { key, capPerEpoch: BigInt(capWorkers) * terms.priceLimit } });
    await network.nextEpoch(...nodes.map(({ operator }) => operator));
    return deal;
  };
  // Or the scalers of later tests would find them idle.
  afterEach(async () => {
    for (const deal of opened.splice(0)) await setScaler(developer, { deal, scaler: undefined });
  });
  const targetOf = async (deal: bigint) => (await readDeal(developer, deal)).targetWorkers;
  const nextEpoch = () => network.nextEpoch(...nodes.map(({ operator }) => operator));

  it("default: load raises the target, idleness lowers it and dismisses the dearest", async () => {
    const deal = await open();
    const { bear, said } = watch();
    await bear(Number(deal), 25, 15);
    expect(await targetOf(deal), "not yet for long enough").to.equal(1);
    await bear(Number(deal), 25, 10);
    expect(await targetOf(deal)).to.equal(3);
    await matchDeal(developer, {
      deal,
      candidates: nodes.slice(1).map(({ node }) => ({ node, maxAsk: 2_000n })),
    });
    await nextEpoch();
    await bear(Number(deal), 0, 90);
    const lowered = await readDeal(developer, deal);
    expect([lowered.targetWorkers, lowered.workers]).to.deep.equal([1, 1]);
    expect(said.map(({ msg }) => msg)).to.deep.equal(["target raised", "target lowered"]);
    expect(said[1]).to.deep.include({
      deal: Number(deal),
      from: 3,
      to: 1,
      dismissed: [nodes[1]?.node, nodes[2]?.node],
    });
  });

  it("behavior: at most one change an epoch, also after a restart and by a second scaler with the same key", async () => {
    const deal = await open();
    const first = watch();
    await first.bear(Number(deal), 15, 25);
    expect(await targetOf(deal)).to.equal(2);
    const second = watch(await network.connectAs(6));
    await first.bear(Number(deal), 39, 60);
    await second.bear(Number(deal), 39, 60);
    expect(await targetOf(deal)).to.equal(2);
    expect(
      [...first.said, ...second.said].filter(({ level }) => level > 30),
      "no refused transaction",
    ).to.deep.equal([]);
    await nextEpoch();
    await second.bear(Number(deal), 39, 25);
    await first.bear(Number(deal), 39, 60);
    expect(await targetOf(deal)).to.equal(4);
  });

  it("behavior: goes as far as the owner's cap, says once what holds it back, and sends nothing in vain", async () => {
    const deal = await open({ capWorkers: 2 });
    const { bear, said } = watch();
    await bear(Number(deal), 100, 25);
    expect(await targetOf(deal)).to.equal(2);
    await nextEpoch();
    const sent = await setting.sentBy(wallet);
    await bear(Number(deal), 100, 120);
    expect(await targetOf(deal)).to.equal(2);
    expect(await setting.sentBy(wallet)).to.equal(sent);
    expect(said.filter(({ bound }) => bound === "cap")).to.have.length(1);
  });

  it("behavior: what held it back and does no more is said again when it does", async () => {
    const deal = await open({ capWorkers: 2 });
    const { bear, said } = watch();
    const capAt = async (workers: number) => {
      const { terms } = await readDeal(developer, deal);
      const capPerEpoch = BigInt(workers) * terms.priceLimit;
      const key = wallet.account?.address ?? "0x";
      await setScaler(developer, { deal, scaler: { key, capPerEpoch } });
      await nextEpoch();
      await bear(Number(deal), 25, 25);
    };
    await capAt(2);
    await capAt(4);
    expect(await targetOf(deal)).to.equal(3);
    const { terms } = await readDeal(developer, deal);
    await setTarget(developer, { deal, terms, targetWorkers: 2, dismissed: [] });
    await capAt(2);
    expect(said.filter(({ bound }) => bound === "cap")).to.have.length(2);
  });

  it("behavior: changes nothing without the right, and says once who can give it", async () => {
    const other = (await network.connectAs(9)).account?.address ?? "0x";
    const deal = await open({ key: other });
    const { bear, said } = watch();
    await bear(Number(deal), 100, 60);
    await bear(Number(deal), 100, 60);
    expect(await targetOf(deal)).to.equal(1);
    const about = said.filter((line) => line.deal === Number(deal));
    expect(about).to.have.length(1);
    expect(about[0]?.msg).to.contain(`millrace deal scaler ${deal} set --key ${wallet.account?.address}`);

    const lonely = watch(await network.connectAs(8));
    await lonely.bear(Number(deal), 0, 5);
    expect(lonely.said.map(({ msg }) => msg)).to.have.length(1);
    expect(lonely.said[0]?.msg).to.match(/^no deal names this wallet/);
  });

  it("behavior: a right that is taken away, or a target that the owner changed, is seen before anything is sent", async () => {
    const deal = await open();
    const { bear, said } = watch();
    await bear(Number(deal), 100, 10);
    // Behind the back of the index.
    await setTarget(developer, { deal, targetWorkers: 2 });
    await setScaler(developer, { deal, scaler: undefined });
    const { scaler } = watch();
    await scaler.step();
    await scaler.idle();
    await bear(Number(deal), 100, 30);
    expect(await targetOf(deal)).to.equal(2);
    expect(await readScaler(developer, deal)).to.equal(undefined);
    expect(said.filter(({ level }) => level > 30)).to.deep.equal([]);
  });

  it("behavior: lowers nothing while a gateway is silent, and says so once", async () => {
    const deal = await open({ workers: 2 });
    const { bear, said } = watch();
    await bear(Number(deal), 0, 90, ["http://10.0.0.5:8090"]);
    expect(await targetOf(deal)).to.equal(2);
    expect(said.filter(({ level }) => level === 40)).to.have.length(1);
    await bear(Number(deal), 0, 90);
    expect(await targetOf(deal)).to.equal(1);
  });
});
