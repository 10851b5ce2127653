import {
  attend,
  createDeal,
  dealsAbi,
  endWorker,
  epochAt,
  epochStart,
  matchDeal,
  read,
  readDealView,
  readWorker,
  releaseWorker,
  requireAccount,
  resign,
  settleWorker,
  stopDeal,
  type Chain,
  type Terms,
} from "@millrace/sdk";
import { expect } from "chai";
import { encodeFunctionData, getAbiItem, keccak256, toFunctionSelector, type Hex } from "viem";
import { failureOf } from "../../sdk/test/support/errors.ts";
import {
  addProviderNode,
  mint,
  startNetwork,
  termsOf,
  type TestNetwork,
} from "../../sdk/test/support/network.ts";
import { startProxy, type Verdict } from "../../sdk/test/support/proxy.ts";
import { readOwedWorkers } from "../src/chain/owedWorkers.ts";
import type { AnyCommand } from "../src/command.ts";
import { dealDismiss } from "../src/commands/deal/dismiss.ts";
import { dealWithdraw } from "../src/commands/deal/withdraw.ts";
import { functionDelete } from "../src/commands/function/delete.ts";
import type { Context } from "../src/context.ts";
import { scale } from "../src/deal/scaling.ts";
import { formatTime } from "../src/format.ts";
import { leave } from "../src/node/leaving.ts";
import { paintFor } from "../src/output.ts";
import { createProgress } from "../src/progress.ts";

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
  async function startDeal(changes: Partial<Terms> = {}): Promise<Of> {
    const { node, operator } = provider;
    const terms = termsOf(network, { targetWorkers: 1, ...changes });
    const { deal } = await createDeal(developer, { terms, deposit: 100_000n });
    await network.nextEpoch();
    await attend(operator);
    await matchDeal(developer, { deal, terms, candidates: [{ node, maxAsk: 1000n }] });
    await network.nextEpoch();
    return { deal, node };
  }

  /** What is credited to the account for epochs that workers missed. */
  function refundsOf(chain: Chain): Promise<bigint> {
    const args = [requireAccount(chain).address, network.token] as const;
    const address = network.deployment.contracts.deals;
    return read(chain, { address, abi: dealsAbi, functionName: "refunds", args });
  }

  async function epochs(count: number): Promise<void> {
    for (let epoch = 0; epoch < count; epoch++) await network.nextEpoch();
  }

  /** Makes a block of this time, in unix seconds. */
  async function untilTime(at: number): Promise<void> {
    await network.client.setNextBlockTimestamp({ timestamp: BigInt(at) });
    await network.client.mine({ blocks: 1 });
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

  /** A connection of an account whose first call of a function finds that the rival was there just before it. */
  async function overtaken(
    name: "dismiss" | "endWorker" | "owed" | "setTarget" | "settleWorker" | "withdraw",
    act: () => Promise<unknown>,
    account = 2,
  ): Promise<Chain> {
    const selector = toFunctionSelector(getAbiItem({ abi: dealsAbi, name }));
    let acted: Promise<unknown> | undefined;
    const proxy = await startProxy(network.rpcUrl, async (call): Promise<Verdict> => {
      const { data } = call.method === "eth_call" ? (call.params[0] as { data: Hex }) : {};
      if (data?.startsWith(selector)) await (acted ??= act());
      return "pass";
    });
    proxies.push(proxy);
    return network.connectAs(account, proxy.url);
  }

  /** Runs a command with a connection. */
  async function run<T>(chain: Chain, command: AnyCommand, args: object, options: object = {}): Promise<T> {
    const context = {
      chain: () => Promise.resolve(chain),
      signer: () => Promise.resolve(chain),
      wallet: () => Promise.resolve(chain.account),
      paint: paintFor(process.stdout),
      progress: createProgress("silent"),
      interruption: {},
    } as unknown as Context;
    const { data } = await command.handler(context, { args: args as never, options: options as never });
    return data as T;
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

    it("behavior: in a deal with a function commitment it is held for the dispute window after its end", async () => {
      const of = await startDeal({ functionCommitment: keccak256("0x01") });
      await stopDeal(developer, of);
      const { disputeWindow, deal } = await readDealView(developer, of.deal);
      const nextAt = epochStart(network.deployment, deal.endEpoch + 1) + disputeWindow;
      expect(disputeWindow).to.be.above(1);
      expect(await leave(provider.owner, of)).to.include({
        stage: "ending",
        nextAt,
        nextEpoch: deal.endEpoch + 1,
      });
      await epochs(1);
      const [owed] = await readOwedWorkers(developer, of);
      expect(owed).to.include({ lastEpoch: deal.endEpoch, releasableAt: nextAt });
      await untilTime(nextAt - 1);
      const held = await leave(provider.owner, of);
      expect(held).to.include({ stage: "held", nextAt });
      expect(held.text).to.include("can be disputed until").and.include(formatTime(nextAt));
      await untilTime(nextAt);
      expect(await leave(provider.owner, of)).to.include({ stage: "released", nextAt: null });
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

  describe("deal withdraw", () => {
    it("behavior: counts the refund of a worker that somebody settles or releases at that moment", async () => {
      for (const rivals of [settleWorker, releaseWorker]) {
        const of = await startDeal();
        await stopDeal(developer, of);
        await epochs(1); // Its only epoch was missed, and costs 1,000.
        const refunded = (await refundsOf(developer)) + 1000n;
        const chain = await overtaken("settleWorker", () => rivals(rival, of), 1);
        const taken = await run(chain, dealWithdraw, { deal: of.deal }, {});
        expect(taken, rivals.name).to.include({ withdrawn: 99_000n, refunded });
      }
    });

    it("behavior: takes what is left where an epoch turns and is charged", async () => {
      const of = await startDeal();
      const most = (await readDealView(developer, of.deal)).withdrawable;
      const chain = await overtaken("withdraw", () => epochs(1), 1);
      const taken = await run(chain, dealWithdraw, { deal: of.deal });
      expect(taken).to.include({ withdrawn: most - 1000n });
      await run(developer, dealWithdraw, { deal: of.deal }); // the refund of that epoch
      const empty = await failureOf(() => run(developer, dealWithdraw, { deal: of.deal }));
      expect(empty.code).to.equal("nothing-to-withdraw");
    });
  });

  describe("deal dismiss", () => {
    it("behavior: a worker that somebody ended is what was wanted", async () => {
      const of = await withNotice();
      const chain = await overtaken("dismiss", () => endWorker(rival, of), 1);
      const { lastEpoch, ...told } = await run<{ lastEpoch: number }>(chain, dealDismiss, of);
      expect(told).to.include({ transactionHash: null });
      expect(lastEpoch).to.equal((await readWorker(developer, of)).lastEpoch);
    });
  });

  describe("scale", () => {
    it("behavior: dismisses one fewer if a worker that should go has ended", async () => {
      const other = await addProviderNode(network, { account: 4, endpoint: "http://127.0.0.1:1", ask: 900n });
      const { deal } = await startDeal({ targetWorkers: 2 });
      const terms = termsOf(network, { targetWorkers: 2 });
      await attend(other.operator);
      await matchDeal(developer, { deal, terms, candidates: [{ node: other.node, maxAsk: 900n }] });
      await resign(provider.owner, { deal, node: provider.node });
      await epochs(2);
      const chain = await overtaken("setTarget", () => endWorker(rival, { deal, node: provider.node }), 1);
      expect(await scale(chain, { deal, terms, workers: 1, named: [] })).to.deep.equal([]);
      expect((await readDealView(developer, deal)).deal).to.include({ targetWorkers: 1, workers: 1 });
    });
  });

  describe("function delete", () => {
    it("behavior: ends a deal whose terms name a later end, and says the same where it ended meanwhile", async () => {
      const { timestamp } = await developer.publicClient.getBlock();
      const endEpoch = epochAt(network.deployment, timestamp) + 50;
      const { deal } = await startDeal({ endEpoch });
      const deleted = await run<{ endEpoch: number }>(developer, functionDelete, { deal });
      expect(deleted.endEpoch).to.be.below(endEpoch - 40);
      const again = await run(developer, functionDelete, { deal });
      expect(again).to.deep.include({ endEpoch: deleted.endEpoch, transactionHash: null });
    });
  });
});
