import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  allItems,
  castVote,
  createApi,
  delegate,
  evict,
  matchDeal,
  modulesAbi,
  propose,
  send,
  setParameterAction,
  stopDeal,
  type Api,
  type Chain,
  type PageQuery,
} from "@millrace/sdk";
import { expect } from "chai";
import { parseEther, zeroHash } from "viem";
import { testClient } from "../../../scripts/devnet/chain.ts";
import { createKeeper } from "../../src/keeper/keeper.ts";
import { createMetrics } from "../../src/metrics/metrics.ts";
import { openTestApi, testLog, type TestApi } from "../support/api.ts";
import { addProvider, openDeal, termsOf, type TestNode } from "../support/market.ts";
import { startNetwork, type TestNetwork } from "../support/network.ts";

describe("what the API tells of the past", function () {
  this.timeout(120_000);
  let network: TestNetwork;
  let server: TestApi;
  let api: Api;
  let developer: Chain;
  let nodes: TestNode[];
  let folder: string;

  before(async () => {
    network = await startNetwork();
    folder = await mkdtemp(join(tmpdir(), "millrace-history-"));
    developer = await network.connectAs(1);
    server = await openTestApi({ deployment: network.deployment, chain: () => Promise.resolve(developer) });
    api = createApi(await server.app.listen({ port: 0 }));
    nodes = [
      ...(await addProvider(network, 2, [{ ask: 1_000n, units: 8 }])),
      ...(await addProvider(network, 3, [{ ask: 9_000n }])),
    ];
  });
  after(async () => {
    await server.close();
    await network.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const index = () => network.index(server.store);
  const nodeAt = (at: number) => {
    const node = nodes[at];
    if (node === undefined) throw new Error("no node");
    return node;
  };

  it("default: a deal's history in order, with reasons; missed epochs and evictions of node and provider", async () => {
    const [gone, dear] = [nodeAt(0), nodeAt(1)];
    const terms = termsOf(network, { targetWorkers: 1 });
    const deal = BigInt(await openDeal(developer, terms, 100_000n));
    const candidates = [dear, gone].map(({ node }) => ({ node, maxAsk: 9_000n }));
    await matchDeal(developer, { deal, terms, candidates });
    const digest = `0x${"cd".repeat(32)}` as const;
    const { modules } = network.deployment.contracts;
    const call = { address: modules, abi: modulesAbi, functionName: "setModule" } as const;
    await send(developer, { ...call, args: [deal, digest, zeroHash] });
    await index();
    const before = (await api.deal(deal)).item;
    expect(before.module).to.include({ version: 0, moduleCid: before.moduleCid });
    expect(before.nextModule).to.include({ version: 1 });
    // Attends once more, then stays away; the other one shows that the network was up.
    await network.nextEpoch(gone.operator, dear.operator);
    for (let epoch = 0; epoch < 3; epoch++) await network.nextEpoch(dear.operator);
    await index();
    expect((await api.deal(deal)).item).to.deep.include({ module: before.nextModule, nextModule: null });
    const told = async () => (await api.history(deal)).items.filter(({ routine }) => !routine);
    expect((await told()).at(-1)?.sentence).to.match(
      /^Node 1 was not online in 2 epochs, .* and is away still/,
    );
    await evict(developer, { deal, node: gone.node });
    await network.nextEpoch(gone.operator);
    await stopDeal(developer, { deal });
    await index();

    const sentences = (await told()).map(({ sentence }) => sentence);
    const expected = [
      /was created in epoch \d+: it wants 1 worker/,
      /put in [\d.]+ tUSD/,
      /Node 1 of provider 1 works for it, at 0.001 tUSD/,
      /^Version 1 of the function was set: bafkrei\w+, from epoch \d+ on\.$/,
      /Node 1 was not online in 3 epochs, \d+ to \d+; it earns nothing/,
      /Node 1 was evicted: it missed too many epochs in a row/,
      /Provider 1 was barred/,
      /^The provider of node 1 was slashed by 2 MILL \(slash 1\)\./,
      /The owner stopped the deal/,
    ];
    expect(sentences, sentences.join("\n")).to.have.length(expected.length);
    expected.forEach((pattern, at) => expect(sentences[at]).to.match(pattern));
    const all = (await api.history(deal)).items;
    expect(all.find(({ name }) => name === "NodeSkipped")?.sentence).to.equal(
      `A match passed over node ${dear.node}: it asks more than the limit of 0.002 tUSD.`,
    );
    const paged = [];
    for await (const item of allItems((query: PageQuery) => api.history(deal, query), { limit: 2 }))
      paged.push(item);
    expect(paged).to.deep.equal(all);
    expect((await api.node(gone.node)).item).to.include({ missedEpochs: 3, evictions: 1, attendedEpochs: 3 });
    expect((await api.provider(gone.provider)).item).to.include({ missedEpochs: 3, evictions: 1 });
    expect((await api.node(dear.node)).item).to.include({ missedEpochs: 0, evictions: 0 });
  });

  it("behavior: who waits for a unit is told how many are in use", async () => {
    const rival = await openDeal(developer, termsOf(network, { targetWorkers: 1, unitsPerWorker: 7 }));
    const terms = termsOf(network, { targetWorkers: 1, unitsPerWorker: 7 });
    const candidates = [{ node: nodeAt(0).node, maxAsk: 9_000n }];
    await network.nextEpoch(nodeAt(0).operator, nodeAt(1).operator);
    await matchDeal(developer, { deal: BigInt(rival), terms, candidates });
    const late = await openDeal(developer, terms);
    await index();
    expect((await api.deal(late)).item.waitingFor?.sentence).to.match(
      /1 has fewer than 7 free units \(node \d has \d of 8 in use\)/,
    );
  });

  it("default: a proposal, its votes, and the keeper that carries it out, once", async () => {
    const holder = await network.connectAs(3);
    await delegate(holder);
    // Votes count from the next second on.
    await skipTo(Number((await developer.publicClient.getBlock()).timestamp) + 2);
    const action = setParameterAction(network.deployment, { name: "stakePerUnit", value: parseEther("250") });
    const { proposal, voteStart, voteEnd } = await propose(holder, { actions: [action], title: "Dearer" });
    await index();
    expect((await api.proposal(proposal)).item).to.include({
      state: "pending",
      voteStart,
      voteEnd,
      eta: null,
    });
    await skipTo(voteStart + 1);
    await castVote(holder, { proposal, choice: "for", reason: "because" });
    const wallet = await network.connectAs(6);
    const metrics = createMetrics();
    const keeper = createKeeper({
      ...{ store: server.store, metrics, settleAfterEpochs: 0, challenges: true, log: testLog },
      chain: () => Promise.resolve(wallet),
    });
    const pass = async () => {
      await index();
      await keeper.step();
      await keeper.idle();
      await index();
    };
    await pass();
    expect((await api.proposal(proposal)).item.state, "the vote goes on").to.equal("active");
    await skipTo(voteEnd + 1);
    await pass();
    const queued = (await api.proposals()).items[0];
    expect(queued?.state).to.equal("queued");
    await pass();
    await skipTo((queued?.eta ?? 0) + 1);
    await network.mine(3);
    for (let round = 0; round < 3; round++) await pass();
    expect((await api.proposal(proposal)).item.state).to.equal("executed");
    expect((await api.network()).item.parameters.stakePerUnit).to.equal(parseEther("250").toString());
    const actions = (await metrics.keeperActions.get()).values.filter(({ labels }) =>
      ["queue", "execute"].includes(String(labels.action)),
    );
    expect(actions.map(({ value }) => value)).to.deep.equal([1, 1]);
    const [vote] = (await api.votes(proposal)).items;
    expect(vote).to.include({ choice: "for", reason: "because", voter: holder.account?.address });
  });

  async function skipTo(timestamp: number): Promise<void> {
    const client = testClient(network.rpcUrl);
    await client.setNextBlockTimestamp({ timestamp: BigInt(timestamp) });
    await client.mine({ blocks: 1 });
  }
});
