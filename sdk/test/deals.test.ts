import { expect } from "chai";
import { parseEther, parseUnits } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import {
  attend,
  claim,
  claimAll,
  connect,
  createDeal,
  dismiss,
  matchDeal,
  quoteDeal,
  readBalance,
  readDeal,
  readOwed,
  readTerms,
  readWorker,
  readWorkers,
  releaseWorker,
  resign,
  rotateOperator,
  send,
  setEndpoint,
  settleWorker,
  stopDeal,
  testStablecoinAbi,
  topUp,
  withdrawDeal,
  withdrawEarnings,
  type Chain,
} from "@millrace/sdk";
import { failureOf } from "./support/errors.ts";
import { addProviderNode, mint, startNetwork, termsOf, type TestNetwork } from "./support/network.ts";
import { deployPlainToken } from "./support/plainToken.ts";
import { testChanges } from "./suites/changes.ts";
import { testProviders } from "./suites/providers.ts";
import { startProxy } from "./support/proxy.ts";

describe("deals and providers, on a real chain", function () {
  this.timeout(120_000);
  let network: TestNetwork;
  let developer: Chain;
  let first: Awaited<ReturnType<typeof addProviderNode>>;
  let second: Awaited<ReturnType<typeof addProviderNode>>;
  const deposit = parseUnits("1", 6);
  const attendBoth = () => Promise.all([attend(first.operator), attend(second.operator)]);
  const allowance = (owner: `0x${string}`) =>
    developer.publicClient.readContract({
      address: network.token,
      abi: testStablecoinAbi,
      functionName: "allowance",
      args: [owner, network.deployment.contracts.deals],
    });

  before(async () => {
    network = await startNetwork();
    developer = await network.connectAs(1);
    first = await addProviderNode(network, { account: 2, endpoint: "http://127.0.0.1:1/a", ask: 1000n });
    second = await addProviderNode(network, { account: 3, endpoint: "http://127.0.0.1:1/b", ask: 1500n });
    await mint(developer, parseUnits("100", 6));
  });
  after(() => network.stop());

  /** A deal with both nodes, matched in a new epoch which both attended. */
  async function matchedDeal() {
    await network.nextEpoch();
    await attendBoth();
    const terms = termsOf(network);
    const { deal } = await createDeal(developer, { terms, deposit });
    const candidates = [first, second].map(({ node }) => ({ node, maxAsk: 2000n }));
    await matchDeal(await network.connectAs(6), { deal, candidates });
    return { deal, terms };
  }

  describe("createDeal", () => {
    it("default: one transaction by permit, which leaves no allowance; the terms are read back", async () => {
      const terms = termsOf(network, { endEpoch: 999_999, listMode: 2, providers: [77] });
      const owner = developer.account?.address ?? "0x";
      const nonce = await developer.publicClient.getTransactionCount({ address: owner });
      const { deal, receipt } = await createDeal(developer, { terms, deposit });
      expect(await developer.publicClient.getTransactionCount({ address: owner })).to.equal(nonce + 1);
      expect(await allowance(owner)).to.equal(0n);
      expect(receipt.status).to.equal("success");
      expect(await readTerms(developer, deal)).to.deep.equal(terms);
      const state = await readDeal(developer, deal);
      expect(state).to.include({
        status: "matching",
        balance: deposit,
        owner,
        endEpoch: 999_999,
        ratePerEpoch: 0n,
      });
      expect(state.fundedThroughEpoch).to.equal(undefined);
    });

    it("behavior: takes an allowance that is there, without a permit", async () => {
      const spender = network.deployment.contracts.deals;
      const approve = { functionName: "approve", args: [spender, deposit] } as const;
      await send(developer, { address: network.token, abi: testStablecoinAbi, ...approve });
      const { receipt } = await createDeal(developer, { terms: termsOf(network), deposit });
      const { input } = await developer.publicClient.getTransaction({ hash: receipt.transactionHash });
      expect(await allowance(developer.account?.address ?? "0x")).to.equal(0n);
      const permitted = await createDeal(developer, { terms: termsOf(network), deposit });
      const other = await developer.publicClient.getTransaction({ hash: permitted.receipt.transactionHash });
      expect(input.slice(0, 10)).to.not.equal(other.input.slice(0, 10));
    });

    it("behavior: a token without permits is approved first, for exactly the deposit", async () => {
      if (developer.account === undefined) throw new Error("no account");
      const supply = parseUnits("5", 6);
      const paymentToken = await deployPlainToken(network.client, developer.account, supply);
      const { deal } = await createDeal(developer, { terms: termsOf(network, { paymentToken }), deposit });
      expect((await readDeal(developer, deal)).balance).to.equal(deposit);
      const { deals } = network.deployment.contracts;
      const token = { address: paymentToken, abi: testStablecoinAbi } as const;
      const { publicClient, account } = developer;
      const left = { ...token, functionName: "allowance", args: [account.address, deals] } as const;
      expect(await publicClient.readContract(left)).to.equal(0n);
      const held = { ...token, functionName: "balanceOf", args: [account.address] } as const;
      expect(await publicClient.readContract(held)).to.equal(supply - deposit);
    });

    it("behavior: several at a time from one account all arrive", async () => {
      const made = await Promise.all(
        [1, 2, 3].map(() => createDeal(developer, { terms: termsOf(network), deposit })),
      );
      expect(new Set(made.map(({ deal }) => deal)).size).to.equal(3);
    });

    it("behavior: accepts exactly the quote's minimum", async () => {
      const terms = termsOf(network);
      const { minimumDeposit } = await quoteDeal(developer, { terms, deposit: 0n });
      const less = () => createDeal(developer, { terms, deposit: minimumDeposit - 1n });
      expect((await failureOf(less)).code).to.equal("deals-deposit-too-small");
      await createDeal(developer, { terms, deposit: minimumDeposit });
    });
  });

  describe("readTerms", () => {
    it("error: deals-unknown", async () => {
      expect((await failureOf(() => readTerms(developer, 4242n))).code).to.equal("deals-unknown");
      expect((await failureOf(() => readWorkers(developer, 4242n))).code).to.equal("deals-unknown");
      expect((await failureOf(() => readDeal(developer, 4242n))).code).to.equal("deals-unknown");
    });
  });

  describe("readWorkers", () => {
    it("default: follows endpoint, key, end and release from the logs", async () => {
      const { deal } = await matchedDeal();
      const workers = await readWorkers(developer, deal);
      expect(
        workers.map(({ node, endpoint, pricePerUnitEpoch }) => ({ node, endpoint, pricePerUnitEpoch })),
      ).to.deep.equal([
        { node: first.node, endpoint: "http://127.0.0.1:1/a", pricePerUnitEpoch: 1000n },
        { node: second.node, endpoint: "http://127.0.0.1:1/b", pricePerUnitEpoch: 1500n },
      ]);
      const next = privateKeyToAccount(generatePrivateKey());
      const current = first.operator.account?.address ?? "0x";
      expect(workers[0]?.operator).to.equal(current);

      const { owner, node, provider } = first;
      await setEndpoint(owner, { node, peerId: "", endpoint: "http://127.0.0.1:2/moved" });
      await rotateOperator(owner, { node, provider, current, next });
      const [moved] = await readWorkers(developer, deal);
      expect(moved).to.include({ endpoint: "http://127.0.0.1:2/moved", operator: current });
      await network.nextEpoch();
      expect((await readWorkers(developer, deal))[0]?.operator).to.equal(next.address);
      await rotateBack(next);

      await dismiss(developer, { deal, node });
      expect((await readWorkers(developer, deal)).map((worker) => worker.node)).to.include(node);
      await network.nextEpoch();
      expect((await readWorkers(developer, deal)).map((worker) => worker.node)).to.deep.equal([second.node]);
      const withEnded = async () => (await readWorkers(developer, deal, { withEnded: true })).at(-1);
      const left = await withEnded();
      expect(left).to.include({ node, endpoint: "http://127.0.0.1:2/moved" });
      expect(left?.lastEpoch).to.be.a("number");
      await releaseWorker(developer, { deal, node });
      expect(await withEnded()).to.deep.equal(left);
      expect((await readWorker(developer, { deal, node })).firstEpoch).to.equal(0);

      await stopDeal(developer, { deal });
      await network.nextEpoch();
      await network.nextEpoch();
      expect(await readWorkers(developer, deal)).to.deep.equal([]);
    });

    /** The next test's attendance needs a key with gas money. */
    async function rotateBack(current: ReturnType<typeof privateKeyToAccount>): Promise<void> {
      const privateKey = generatePrivateKey();
      const next = privateKeyToAccount(privateKey);
      const { owner, node, provider } = first;
      await rotateOperator(owner, { node, provider, current: current.address, next });
      await network.client.setBalance({ address: next.address, value: parseEther("1") });
      const { rpcUrl, deployment } = network;
      first.operator = await connect({ rpcUrl, deployment, privateKey, pollingIntervalMs: 20 });
    }

    it("behavior: an end that limits ranges gives the same as one that does not", async () => {
      const { deal } = await matchedDeal();
      let asked = 0;
      const proxy = await startProxy(network.rpcUrl, ({ method, params }) => {
        if (method !== "eth_getLogs") return "pass";
        asked += 1;
        const [{ fromBlock, toBlock }] = params as [{ fromBlock: string; toBlock: string }];
        const blocks = Number(toBlock) - Number(fromBlock) + 1;
        return blocks <= 7 ? "pass" : { error: { code: -32005, message: "query exceeds max block range 7" } };
      });
      try {
        const limited = await network.connectAs(1, proxy.url);
        expect(await readWorkers(limited, deal)).to.deep.equal(await readWorkers(developer, deal));
        expect(await readTerms(limited, deal)).to.deep.equal(await readTerms(developer, deal));
        expect(asked).to.be.greaterThan(8);
      } finally {
        await proxy.stop();
      }
    });
  });

  it("behavior: a deal is created and matched in one transaction; if nobody can be taken it waits", async () => {
    await network.nextEpoch();
    await attendBoth();
    const owner = developer.account?.address ?? "0x";
    const nonce = await developer.publicClient.getTransactionCount({ address: owner });
    const terms = termsOf(network);
    const candidates = [first, second].map(({ node }) => ({ node, maxAsk: 2000n }));
    const { deal, assigned } = await createDeal(developer, { terms, deposit, candidates });
    expect(await developer.publicClient.getTransactionCount({ address: owner })).to.equal(nonce + 1);
    expect(assigned).to.deep.equal([first.node, second.node]);
    expect((await readDeal(developer, deal)).workers).to.equal(2);
    const dear = candidates.map(({ node }) => ({ node, maxAsk: 1n }));
    const waiting = await createDeal(developer, { terms, deposit, candidates: dear });
    expect(waiting.assigned).to.deep.equal([]);
    expect((await readDeal(developer, waiting.deal)).status).to.equal("matching");
  });

  it("behavior: many workers' pay is claimed together; what can't be settled is passed over", async () => {
    const { deal } = await matchedDeal();
    const { deal: other } = await matchedDeal();
    await network.nextEpoch();
    await attendBoth();
    await network.nextEpoch();
    const recipient = "0x000000000000000000000000000000000000c1a1";
    const { node, owner } = first;
    const items = [
      { deal, node },
      { deal: other, node },
      { deal, node: second.node },
      { deal: 9_999n, node },
      { deal, node },
    ];
    const { settled, skipped, sent, kept, receipts } = await claimAll(owner, { items, recipient });
    expect(receipts).to.have.length(1);
    expect(settled.map((item) => item.deal)).to.deep.equal([deal, other]);
    expect(skipped.map(({ reason }) => reason)).to.deep.equal(["notPayout", "dealUnknown", "nothingOwed"]);
    expect(kept).to.deep.equal([]);
    const amount = settled.reduce((sum, { pay }) => sum + pay, 0n);
    expect(amount > 0n).to.equal(true);
    expect(sent.map((of) => of.amount)).to.deep.equal([amount]);
    expect(await readBalance(developer, { token: network.token, account: recipient })).to.equal(amount);
  });

  it("behavior: a worker's pay is claimed or credited, a missed epoch refunded, the rest withdrawn", async () => {
    const { deal } = await matchedDeal();
    await network.nextEpoch();
    await attendBoth();
    await network.nextEpoch();
    await attend(first.operator);
    await network.nextEpoch();

    const owed = await readOwed(developer, { deal, node: first.node });
    expect(owed).to.include({ paidEpochs: 2, missedEpochs: 0, pay: 1980n, fee: 20n });
    const account = first.owner.account?.address ?? "0x";
    const before = await readBalance(developer, { token: network.token, account });
    expect((await claim(first.owner, { deal, node: first.node })).pay).to.equal(1980n);
    expect(await readBalance(developer, { token: network.token, account })).to.equal(before + 1980n);

    const settled = await settleWorker(developer, { deal, node: second.node });
    expect([settled.pay, settled.refund]).to.deep.equal([1485n, 1500n]);
    expect((await withdrawEarnings(second.owner, { token: network.token })).amount).to.equal(1485n);
    expect((await failureOf(() => withdrawEarnings(second.owner, { token: network.token }))).code).to.equal(
      "deals-nothing-owed",
    );

    await topUp(await funded(7), { deal, amount: 5000n });
    await resign(second.owner, { deal, node: second.node });
    expect((await failureOf(() => resign(second.owner, { deal, node: second.node }))).code).to.equal(
      "deals-already-resigned",
    );
    await stopDeal(developer, { deal });
    await network.nextEpoch();
    const rest = (await readDeal(developer, deal)).withdrawable;
    expect((await withdrawDeal(developer, { deal })).amount).to.equal(rest);
    expect((await readDeal(developer, deal)).balance).to.equal(0n);
  });

  testChanges(() => ({ network, developer, first, second }));
  testProviders(() => ({ network, developer, second }));

  async function funded(account: number): Promise<Chain> {
    const chain = await network.connectAs(account);
    await mint(chain, parseUnits("1", 6));
    return chain;
  }
});
