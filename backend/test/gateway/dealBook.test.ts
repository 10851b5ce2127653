import { setTimeout as delay } from "node:timers/promises";
import { matchDeal, MillraceError, setEndpoint, type Chain } from "@millrace/sdk";
import { expect } from "chai";
import { createDealBook, type DealBook } from "../../src/gateway/dealBook.ts";
import { testLog } from "../support/api.ts";
import { addProvider, openDeal, termsOf, type TestNode } from "../support/market.ts";
import { startNetwork, type TestNetwork } from "../support/network.ts";

describe("createDealBook", function () {
  this.timeout(120_000);
  let network: TestNetwork;
  let developer: Chain;
  let nodes: TestNode[];
  let book: DealBook;
  const outage = { lasts: false };

  before(async () => {
    network = await startNetwork();
    developer = await network.connectAs(1);
    nodes = [
      ...(await addProvider(network, 2, [{ ask: 1_000n }])),
      ...(await addProvider(network, 3, [{ ask: 1_100n }])),
    ];
    const chain = () => (outage.lasts ? Promise.reject(gone()) : network.connectAs(9));
    book = createDealBook({ chain, pollMs: 50, log: testLog });
  });
  after(async () => {
    book.close();
    await network.stop();
  });

  const candidates = () => nodes.map(({ node }) => ({ node, maxAsk: 2_000n }));
  const numbers = async (deal: bigint) => (await book.workers(deal)).map(({ node }) => node);

  it("default: the workers of a deal and where they are, also of one that is matched only now", async () => {
    const deal = BigInt(await openDeal(developer, termsOf(network), 1_000_000n));
    expect(await book.workers(deal)).to.deep.equal([]);
    await matchDeal(developer, { deal, candidates: candidates() });
    await until(async () => (await numbers(deal)).length === 2);
    expect(await book.workers(deal)).to.deep.equal([
      { node: nodes[0]?.node, endpoint: "http://127.0.0.1:1/2" },
      { node: nodes[1]?.node, endpoint: "http://127.0.0.1:1/3" },
    ]);
  });

  it("behavior: what changes between the first reading and the first look at events is known soon", async () => {
    const deal = BigInt(await openDeal(developer, termsOf(network), 1_000_000n));
    await matchDeal(developer, { deal, candidates: candidates().slice(0, 1) });
    const late = createDealBook({ chain: () => network.connectAs(9), pollMs: 2_000, log: testLog });
    try {
      expect(await late.workers(deal)).to.have.length(1);
      await matchDeal(developer, { deal, candidates: candidates().slice(1) });
      await network.mine(3);
      await until(async () => (await late.workers(deal)).length === 2);
    } finally {
      late.close();
    }
  });

  it("error: deals-unknown, until there is one", async () => {
    const next = BigInt(await openDeal(developer, termsOf(network))) + 1n;
    const error: unknown = await book.workers(next).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(MillraceError).and.have.property("code", "deals-unknown");
    expect(BigInt(await openDeal(developer, termsOf(network)))).to.equal(next);
    await matchDeal(developer, { deal: next, candidates: candidates().slice(0, 1) });
    await until(async () => (await numbers(next).catch(() => [])).length === 1);
  });

  it("behavior: a node's new endpoint is known soon, without anybody asking the chain for it", async () => {
    const [first] = nodes;
    if (first === undefined) throw new Error("no node");
    await setEndpoint(first.owner, { node: first.node, peerId: "", endpoint: "http://127.0.0.1:2/moved/" });
    await until(async () => {
      const workers = await book.workers(1n);
      return workers.some(({ endpoint }) => endpoint === "http://127.0.0.1:2/moved");
    });
  });

  it("behavior: known workers stay known while the chain is out of reach; unknown deals have no answer", async () => {
    outage.lasts = true;
    try {
      expect(await numbers(1n)).to.have.length(2);
      await delay(600); // longer than two readings must be apart
      expect((await book.refresh(1n)).map(({ node }) => node)).to.have.length(2);
      const error: unknown = await book.workers(77n).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(MillraceError).and.have.property("code", "rpc-unreachable");
    } finally {
      outage.lasts = false;
    }
  });
});

function gone(): MillraceError {
  return new MillraceError({ code: "rpc-unreachable", shortMessage: "The chain is out of reach." });
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error("not within 20 s");
    await delay(20);
  }
}
