import { expect } from "chai";
import { parseEther, parseUnits, zeroHash } from "viem";
import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";
import {
  connect,
  createDeal,
  MillraceError,
  readBalance,
  registryAbi,
  registerProvider,
  send,
  sendCoin,
  stake,
  stopDeal,
  testStablecoinAbi,
  tokenAbi,
  type Chain,
} from "@millrace/sdk";
import { failureOf } from "./support/errors.ts";
import { mint, startNetwork, termsOf, type TestNetwork } from "./support/network.ts";
import { startProxy, type RpcCall, type Verdict } from "./support/proxy.ts";
import { addressOf } from "./support/values.ts";

describe("send, on a real chain", function () {
  this.timeout(120_000);
  let network: TestNetwork;
  let chain: Chain;
  const proxies: { stop: () => Promise<void> }[] = [];

  before(async () => {
    network = await startNetwork();
    chain = await network.connectAs(1);
  });
  after(() => network.stop());
  afterEach(async () => {
    await Promise.all(proxies.splice(0).map((proxy) => proxy.stop()));
  });

  const mintCall = (to: `0x${string}`, amount: bigint) =>
    ({ address: network.token, abi: testStablecoinAbi, functionName: "mint", args: [to, amount] }) as const;
  const registerCall = () =>
    ({
      address: network.deployment.contracts.registry,
      abi: registryAbi,
      functionName: "registerProvider",
      args: [zeroHash, addressOf(4)],
    }) as const;
  const held = (account: `0x${string}`) => readBalance(chain, { token: network.token, account });
  const fresh = () => privateKeyToAddress(generatePrivateKey());
  /** A connection through an end that does as told. */
  async function through(judge: (call: RpcCall) => Verdict) {
    const proxy = await startProxy(network.rpcUrl, judge);
    proxies.push(proxy);
    return network.connectAs(2, proxy.url);
  }

  describe("connect", () => {
    it("error: wrong-chain, contracts-missing, rpc-unreachable, private-key-invalid", async () => {
      const { rpcUrl, deployment } = network;
      const codeOf = async (parameters: Parameters<typeof connect>[0]) =>
        (await failureOf(() => connect(parameters))).code;
      expect(await codeOf({ rpcUrl, deployment: { ...deployment, chainId: 5 } })).to.equal("wrong-chain");
      const contracts = { ...deployment.contracts, deals: addressOf(77) };
      expect(await codeOf({ rpcUrl, deployment: { ...deployment, contracts } })).to.equal(
        "contracts-missing",
      );
      expect(await codeOf({ rpcUrl: "http://127.0.0.1:1", deployment })).to.equal("rpc-unreachable");
      for (const privateKey of ["0x00", `0x${"00".repeat(32)}`, `0x${"ff".repeat(32)}`] as const)
        expect(await codeOf({ rpcUrl, deployment, privateKey })).to.equal("private-key-invalid");
    });
  });

  it("error: the contract's refusal in words, before anything is sent", async () => {
    const nonce = () =>
      chain.publicClient.getTransactionCount({ address: chain.account?.address ?? fresh() });
    const before = await nonce();
    const error = await failureOf(() => stopDeal(chain, { deal: 12345n }));
    expect(error).to.include({ code: "deals-unknown", shortMessage: "There is no deal 12345." });
    expect(await nonce()).to.equal(before);
    await registerProvider(chain);
    expect((await failureOf(() => registerProvider(chain))).code).to.equal("registry-owner-has-provider");
  });

  it("error: erc20-insufficient-balance with the amounts in the token's units", async () => {
    const error = await failureOf(() =>
      createDeal(chain, { terms: termsOf(network), deposit: parseUnits("2.5", 6) }),
    );
    expect(error.code).to.equal("erc20-insufficient-balance");
    expect(error.shortMessage).to.include("holds 0 tUSD, and 2.5 tUSD are needed");
    const broke = await network.connectAs(15);
    const short = await failureOf(() => stake(broke, { provider: 1, amount: parseEther("3") }));
    expect(short.shortMessage).to.include("holds 0 MILL, and 3 MILL are needed");
  });

  it("error: gas-money-short and no-account", async () => {
    const { rpcUrl, deployment } = network;
    const poor = await connect({ rpcUrl, deployment, privateKey: generatePrivateKey() });
    expect((await failureOf(() => registerProvider(poor))).code).to.equal("gas-money-short");
    expect((await failureOf(() => sendCoin(poor, { to: fresh(), amount: 1n }))).code).to.equal(
      "gas-money-short",
    );
    const reader = await connect({ rpcUrl, deployment });
    expect((await failureOf(() => registerProvider(reader))).code).to.equal("no-account");
  });

  it("behavior: concurrent sends of one connection all arrive, one nonce after the other", async () => {
    const to = fresh();
    const sent = await Promise.all(
      Array.from({ length: 12 }, (_, index) => send(chain, mintCall(to, BigInt(index)))),
    );
    expect(await held(to)).to.equal(66n);
    expect(new Set(sent.map(({ receipt }) => receipt.transactionHash)).size).to.equal(12);
  });

  it("behavior: two connections with the same key don't lose or double anything", async () => {
    const to = fresh();
    const other = await network.connectAs(1);
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => send(index % 2 === 0 ? chain : other, mintCall(to, 1n))),
    );
    expect(await held(to)).to.equal(10n);
  });

  it("behavior: a lost answer to a broadcast is no second transaction", async () => {
    let broken = 0;
    const shaky = await through(({ method }) => {
      if (method !== "eth_sendRawTransaction" || broken > 0) return "pass";
      broken += 1;
      return "break-after";
    });
    const to = fresh();
    await send(shaky, mintCall(to, 5n));
    expect(broken).to.equal(1);
    expect(await held(to)).to.equal(5n);
  });

  it("behavior: an end that is gone while a receipt is awaited is waited for", async () => {
    let sentAt = Number.POSITIVE_INFINITY;
    const shaky = await through(({ method }) => {
      if (method === "eth_sendRawTransaction") sentAt = Date.now();
      return Date.now() > sentAt && Date.now() < sentAt + 1500 ? "break-before" : "pass";
    });
    const to = fresh();
    await send(shaky, mintCall(to, 5n));
    expect(await held(to)).to.equal(5n);
  });

  describe("while no block is made", () => {
    beforeEach(() => network.client.setAutomine(false));
    afterEach(async () => {
      await network.client.setAutomine(true);
      await network.client.mine({ blocks: 1 });
    });

    it("behavior: a transaction is replaced under its own nonce with more gas money", async () => {
      const to = fresh();
      const hashes = new Set<string>();
      const watched = await through((call) => {
        if (call.method === "eth_sendRawTransaction") hashes.add(String(call.params[0]));
        return "pass";
      });
      const sending = send(watched, { ...mintCall(to, 3n), bumpAfterMs: 150 });
      const deadline = Date.now() + 10_000;
      while (hashes.size < 3 && Date.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 20));
      await network.client.mine({ blocks: 1 });
      const { receipt } = await sending;
      expect(hashes.size).to.be.greaterThan(1);
      expect(receipt.status).to.equal("success");
      await network.client.mine({ blocks: 2 });
      expect(await held(to)).to.equal(3n);
    });

    it("error: transaction-pending after the timeout, naming the hash", async () => {
      const error = await failureOf(() => send(chain, { ...mintCall(fresh(), 3n), timeoutMs: 200 }));
      expect(error.code).to.equal("transaction-pending");
      expect(error.details).to.match(/hash 0x[0-9a-f]{64}/);
    });

    it("error: what refused it in its block, when the chain changed after the check", async () => {
      const [first, second] = [await network.connectAs(3), await network.connectAs(5)];
      const from = chain.account?.address ?? fresh();
      const take = { address: network.token, abi: tokenAbi, functionName: "transferFrom" } as const;
      const spenders = [first, second].map(({ account }) => account?.address ?? fresh());
      const to = fresh();
      await network.client.setAutomine(true);
      await send(chain, mintCall(from, 5n));
      const amount = await held(from);
      for (const spender of spenders)
        await send(chain, { ...take, functionName: "approve", args: [spender, amount] });
      await network.client.setAutomine(false);
      const both = [first, second].map((spender) =>
        send(spender, { ...take, args: [from, to, amount] }).then(
          () => "taken",
          (error: unknown) => (error instanceof MillraceError ? error.code : error),
        ),
      );
      await inFlight(first, 1);
      await inFlight(second, 1);
      await network.client.mine({ blocks: 1 });
      expect(await Promise.all(both)).to.have.members(["taken", "erc20-insufficient-balance"]);
    });

    it("behavior: what a killed process sent is waited for, and not sent again", async () => {
      const killed = await network.connectAs(4);
      expect((await failureOf(() => send(killed, { ...registerCall(), timeoutMs: 1 }))).code).to.equal(
        "transaction-pending",
      );
      const restarted = await network.connectAs(4);
      const impatient = await failureOf(() => send(restarted, { ...registerCall(), bumpAfterMs: 50 }));
      expect(impatient).to.include({ code: "transaction-pending", retryable: true });
      const again = failureOf(() => registerProvider(restarted));
      await inFlight(restarted, 1);
      await network.client.mine({ blocks: 1 });
      expect((await again).code).to.equal("registry-owner-has-provider");
      await inFlight(restarted, 0);
    });

    /** Waits until exactly so many transactions of the account wait for a block. */
    async function inFlight({ publicClient, account }: Chain, wanted: number) {
      const address = account?.address ?? fresh();
      const deadline = Date.now() + 10_000;
      for (;;) {
        const mined = await publicClient.getTransactionCount({ address });
        const known = await publicClient.getTransactionCount({ address, blockTag: "pending" });
        if (known - mined === wanted) return;
        if (Date.now() > deadline) throw new Error(`${known - mined} in flight, not ${wanted}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  });

  it("behavior: a figure of a deal's deposit is in the token's units", async () => {
    await mint(chain, parseUnits("1", 6));
    const error = await failureOf(() => createDeal(chain, { terms: termsOf(network), deposit: 1n }));
    expect(error.code).to.equal("deals-deposit-too-small");
    expect(error.shortMessage).to.include("0.000001 tUSD is below the minimum of 0.008 tUSD");
  });
});
