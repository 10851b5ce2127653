import {
  attend,
  createDeal,
  dealsAbi,
  endWorker,
  matchDeal,
  readWorker,
  releaseWorker,
  resign,
  type Chain,
} from "@millrace/sdk";
import { expect } from "chai";
import { encodeFunctionData, getAbiItem, toFunctionSelector, type Hex } from "viem";
import {
  addProviderNode,
  mint,
  startNetwork,
  termsOf,
  type TestNetwork,
} from "../../sdk/test/support/network.ts";
import { startProxy, type Verdict } from "../../sdk/test/support/proxy.ts";
import { readOwedWorkers } from "../src/chain/owedWorkers.ts";
import { leave } from "../src/node/leaving.ts";

interface Of {
  readonly deal: bigint;
  readonly node: number;
}

/** Anyone may end, release and settle: here somebody does in the very moment in which a command wants to. */
describe("commands whose step a rival takes first", function () {
  this.timeout(120_000);
  let network: TestNetwork;
  let rival: Chain;
  let developer: Chain;
  let provider: Awaited<ReturnType<typeof addProviderNode>>;
  const proxies: { stop: () => Promise<void> }[] = [];

  before(async () => {
    network = await startNetwork();
    [developer, rival] = await Promise.all([network.connectAs(1), network.connectAs(3)]);
    await mint(developer, 1_000_000n);
    provider = await addProviderNode(network, { account: 2, endpoint: "http://127.0.0.1:1", ask: 1000n });
  });
  after(() => network.stop());
  afterEach(async () => {
    await Promise.all(proxies.splice(0).map((proxy) => proxy.stop()));
  });

  /** A deal that the node works for since this epoch. */
  async function startDeal(): Promise<Of> {
    const { node, operator } = provider;
    const terms = termsOf(network, { targetWorkers: 1 });
    const { deal } = await createDeal(developer, { terms, deposit: 100_000n });
    await network.nextEpoch();
    await attend(operator);
    await matchDeal(developer, { deal, terms, candidates: [{ node, maxAsk: 1000n }] });
    await network.nextEpoch();
    return { deal, node };
  }

  async function epochs(count: number): Promise<void> {
    for (let epoch = 0; epoch < count; epoch++) await network.nextEpoch();
  }

  /** A worker that could have ended by now: its notice is over. */
  async function withNotice(): Promise<Of> {
    const of = await startDeal();
    await resign(provider.owner, of);
    await epochs(2);
    return of;
  }

  /** A worker whose last epoch is over. */
  async function ended(): Promise<Of> {
    const of = await withNotice();
    await endWorker(rival, of);
    await epochs(1);
    return of;
  }

  /** Runs `step` while the rival's transaction waits for the next block, so that no reading shows it yet. */
  async function against<T>(
    functionName: "endWorker" | "release",
    of: Of,
    step: () => Promise<T>,
  ): Promise<T> {
    const { client, deployment } = network;
    const { account } = rival;
    if (account === undefined) throw new Error("The rival has no key.");
    const data = encodeFunctionData({ abi: dealsAbi, functionName, args: [of.deal, of.node] });
    await client.setAutomine(false);
    try {
      const to = deployment.contracts.deals;
      const hash = await client.sendTransaction({ account, chain: null, gas: 1_000_000n, to, data });
      const result = step();
      await untilSent(provider.owner);
      await client.setAutomine(true);
      await client.mine({ blocks: 1 });
      const { status } = await client.getTransactionReceipt({ hash });
      expect(status, "the rival's transaction").to.equal("success");
      return await result;
    } finally {
      await client.setAutomine(true);
    }
  }

  /** Waits until the account has a transaction that is in no block. */
  async function untilSent({ account, publicClient }: Chain): Promise<void> {
    const address = account?.address ?? "0x";
    const mined = await publicClient.getTransactionCount({ address });
    while ((await publicClient.getTransactionCount({ address, blockTag: "pending" })) === mined)
      await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** A connection of the provider's whose first call of a function finds that the rival was there just before it. */
  async function overtaken(name: "endWorker" | "owed", act: () => Promise<unknown>): Promise<Chain> {
    const selector = toFunctionSelector(getAbiItem({ abi: dealsAbi, name }));
    let acted: Promise<unknown> | undefined;
    const proxy = await startProxy(network.rpcUrl, async (call): Promise<Verdict> => {
      const { data } = call.method === "eth_call" ? (call.params[0] as { data: Hex }) : {};
      if (data?.startsWith(selector)) await (acted ??= act());
      return "pass";
    });
    proxies.push(proxy);
    return network.connectAs(2, proxy.url);
  }

  describe("node resign", () => {
    it("behavior: goes on where somebody ended the worker", async () => {
      const of = await withNotice();
      const step = await against("endWorker", of, () => leave(provider.owner, of));
      expect(step.stage).to.equal("ending");
      expect(step.nextEpoch).to.equal((await readWorker(developer, of)).lastEpoch + 1);
    });

    it("behavior: goes on where somebody ended it and an epoch turned", async () => {
      const of = await withNotice();
      const chain = await overtaken("endWorker", async () => {
        await endWorker(rival, of);
        await epochs(1);
      });
      expect(await leave(chain, of)).to.include({ stage: "released", nextEpoch: null });
      expect((await readWorker(developer, of)).firstEpoch, "forgotten").to.equal(0);
    });

    it("behavior: is over where somebody released the worker", async () => {
      const of = await ended();
      const step = await against("release", of, () => leave(provider.owner, of));
      expect(step).to.include({ stage: "released", nextEpoch: null });
    });
  });

  describe("readOwedWorkers", () => {
    it("behavior: leaves out a worker that somebody releases while it is read", async () => {
      const of = await ended();
      const chain = await overtaken("owed", () => releaseWorker(rival, of));
      expect(await readOwedWorkers(chain, { deal: of.deal })).to.deep.equal([]);
    });
  });
});
