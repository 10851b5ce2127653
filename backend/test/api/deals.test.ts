import { randomBytes } from "node:crypto";
import {
  allItems,
  connect,
  constraintOf,
  createApi,
  matchDeal,
  setOffer,
  setScaler,
  setTarget,
  termsToJson,
  type Chain,
  type DealItem,
  type PaymentsQuery,
} from "@millrace/sdk";
import { expect } from "chai";
import { zeroAddress } from "viem";
import { writeHindrance } from "../../src/store/hindrances.ts";
import { openTestApi, type TestApi } from "../support/api.ts";
import { addProvider, openDeal, termsOf, type TestNode } from "../support/market.ts";
import { startNetwork, type TestNetwork } from "../support/network.ts";

interface ListBody {
  asOfBlock: number;
  finalizedBlock: number;
  items: Record<string, unknown>[];
  next: string | null;
}

describe("the API on a real chain", function () {
  this.timeout(120_000);
  let network: TestNetwork;
  let api: TestApi;
  let developer: Chain;
  let nodes: TestNode[];
  let down = false;
  /** What the API asks for what only the chain knows. */
  let asked: Chain;

  before(async () => {
    network = await startNetwork();
    developer = await network.connectAs(1);
    asked = developer;
    api = await openTestApi({
      deployment: network.deployment,
      chain: () =>
        down
          ? connect({ rpcUrl: "http://127.0.0.1:9", deployment: network.deployment })
          : Promise.resolve(asked),
    });
    nodes = [
      ...(await addProvider(network, 2, [{ ask: 1_000n }, { ask: 3_000n }])),
      ...(await addProvider(network, 3, [{ ask: 3_000n }])),
    ];
    await network.index(api.store);
  });
  after(async () => {
    await api.close();
    await network.stop();
  });

  const json = async <T>(url: string, status = 200): Promise<T> => {
    const response = await api.app.inject(url);
    expect(response.statusCode, `${url}: ${response.body}`).to.equal(status);
    return response.json<T>();
  };
  const dealOf = async (id: number) =>
    (await json<{ item: DealItem & { stale?: boolean } }>(`/v1/deals/${id}`)).item;
  const open = async (changes: Parameters<typeof termsOf>[1] = {}) => {
    const id = await openDeal(developer, termsOf(network, changes));
    await network.index(api.store);
    return id;
  };

  it("default: health is ok part by part and says as of which block", async () => {
    api.parts.set("matcher", () => ({ ok: true }));
    const health = await json<Record<string, unknown>>("/v1/health");
    const head = Number(await developer.publicClient.getBlockNumber());
    expect(health).to.deep.include({
      status: "ok",
      chainId: network.deployment.chainId,
      headBlock: head,
      asOfBlock: head,
      finalizedBlock: head - 2,
      lagBlocks: 0,
      roles: ["api"],
      parts: { chain: { ok: true }, database: { ok: true }, matcher: { ok: true }, index: { ok: true } },
    });
    await network.mine(40);
    const late = await json<{ parts: Record<string, { reason?: string }> }>("/v1/health", 503);
    expect(late.parts["index"]?.reason).to.match(/40 blocks behind/);
    await network.index(api.store);
  });

  it("default: the network with the parameters in force", async () => {
    const { item } = await json<{ item: Record<string, unknown> }>("/v1/network");
    expect(item["deployment"]).to.deep.equal(network.deployment);
    expect(item["parameters"]).to.deep.include({ stakePerUnit: "200000000000000000000", minFundedEpochs: 2 });
    expect(item["epochEndsAt"]).to.equal(
      network.deployment.genesis + (Number(item["epoch"]) + 1) * network.deployment.epochDuration,
    );
  });

  it("default: providers, nodes and offers", async () => {
    const [first] = nodes;
    const { item: provider } = await json<{ item: unknown }>(`/v1/providers/${first?.provider ?? 0}`);
    expect(provider).to.deep.include({
      id: 1,
      owner: first?.owner.account?.address,
      metadataCid: null,
      nodes: 2,
      stake: { free: (200n * 80n * 10n ** 18n).toString(), locked: "0", thawing: "0", escrowed: "0" },
    });
    const { item: node } = await json<{ item: Record<string, unknown> }>("/v1/nodes/1");
    expect(node).to.deep.include({
      operator: first?.operator.account?.address,
      units: 40,
      unitsInUse: 0,
      endpoint: "http://127.0.0.1:1/2",
      lastAttendedEpoch: 0,
    });
    expect(node["attributes"]).to.include({ regionGroup: "europe", country: "DE", hardwareClass: "server" });
    const lower = network.token.toLowerCase();
    const { items } = await json<ListBody>(`/v1/offers?token=${lower}&node=1`);
    expect(items).to.have.length(1);
    expect(items[0]).to.include({ node: 1, askPerUnitEpoch: "1000", on: true, freeUnits: 40 });
    expect((await json<ListBody>("/v1/nodes?provider=2")).items.map((row) => row["id"])).to.deep.equal([3]);
  });

  it("behavior: pages put together are the whole list, whatever their size", async () => {
    for (const route of ["nodes", "providers", "offers", "events", "payments"]) {
      const { items: all } = await json<ListBody>(`/v1/${route}`);
      for (const limit of [1, 2]) {
        const found: unknown[] = [];
        let cursor: string | null = "";
        while (cursor !== null) {
          const key = route === "events" ? "after" : "cursor";
          const from = cursor === "" ? "" : `&${key}=${cursor}`;
          const page: ListBody = await json<ListBody>(`/v1/${route}?limit=${limit}${from}`);
          expect(page.items.length).to.be.at.most(limit);
          found.push(...page.items);
          cursor = page.next;
        }
        expect(found, `${route} by ${limit}`).to.deep.equal(all);
      }
    }
    expect((await json<ListBody>("/v1/events?limit=500")).items.length).to.be.at.most(200);
  });

  it("default: a quote is what creation charges", async () => {
    const terms = termsOf(network);
    const ask = (deposit: string, changes = {}) =>
      api.app.inject({
        method: "POST",
        url: "/v1/quote",
        payload: { terms: { ...termsToJson(terms), ...changes }, deposit },
      });
    const { item } = (await ask("16000")).json<{ item: Record<string, string> }>();
    expect(item).to.include({ minimumDeposit: "8000", maximumRatePerEpoch: "4000", fundedEpochs: "4" });
    const refused = await ask("16000", { minWorkers: 3 });
    expect(refused.statusCode, refused.body).to.equal(422);
    const { error } = refused.json<{ error: Record<string, string> }>();
    expect(error["code"]).to.equal("deals-terms-invalid");
    expect(error["nextStep"]).to.be.a("string");
  });

  it("behavior: a waiting deal says why, with counts and what to do", async () => {
    const id = await open();
    const waiting = await dealOf(id);
    expect(waiting.status).to.equal("matching");
    expect(waiting.waitingFor?.refusals).to.deep.equal([
      { refusal: "abovePriceLimit", count: 2 },
      { refusal: "none", count: 1 },
    ]);
    expect(waiting.waitingFor?.sentence).to.equal(
      "It waits for 2 more workers: 2 of 3 nodes ask more than the limit of 0.002 tUSD; create a deal with a higher limit or wait.",
    );
    await matchDeal(developer, { deal: BigInt(id), candidates: [{ node: 1, maxAsk: 1_000n }] });
    await network.index(api.store);
    const active = await dealOf(id);
    expect(active).to.include({
      status: "active",
      balance: "8000",
      ratePerEpoch: "1000",
      fundedThroughEpoch: 8,
    });
    expect(active.workers).to.have.length(1);
    expect(active.workers[0]).to.deep.include({
      node: 1,
      state: "active",
      endpoint: "http://127.0.0.1:1/2",
      operator: nodes[0]?.operator.account?.address,
      lastEpoch: null,
    });
    expect(active.waitingFor?.refusals, "its own worker hinders nobody").to.deep.equal([
      { refusal: "abovePriceLimit", count: 2 },
    ]);
    const listed = await json<ListBody>(`/v1/deals?owner=${developer.account?.address ?? ""}&status=active`);
    expect(listed.items.map((row) => row["id"])).to.include(id);
    const { items: workers } = await json<ListBody>(`/v1/deals/${id}/workers`);
    expect(workers.map((row) => row["node"])).to.deep.equal([1]);
    const { items: payments } = await json<ListBody>(`/v1/payments?deal=${id}`);
    expect(payments).to.have.length(1);
    expect(payments[0]).to.include({ kind: "deposit", amount: "8000", deal: id });
    const { items: events } = await json<ListBody>(`/v1/events?deal=${id}`);
    expect(events.map((row) => row["name"])).to.include.members(["DealCreated", "WorkerAssigned"]);
  });

  it("behavior: a changed target is indexed at once, and told", async () => {
    const id = await open();
    await setTarget(developer, { deal: BigInt(id), targetWorkers: 1 });
    await network.index(api.store);
    expect((await dealOf(id)).targetWorkers).to.equal(1);
    const { items } = await json<ListBody>(`/v1/deals?status=matching&limit=500`);
    expect(
      items.find((row) => row["id"] === id),
      "the list has it from the index",
    ).to.include({ targetWorkers: 1 });
    const { items: history } = await json<ListBody>(`/v1/deals/${id}/history`);
    expect(history.map((row) => row["sentence"])).to.include("It wants 1 worker from now on.");
  });

  it("behavior: a scaler is shown with its cap, and what it did is told, until it is taken away", async () => {
    const id = await open();
    const deal = BigInt(id);
    const scaler = await network.connectAs(7);
    const key = scaler.account?.address ?? "0x";
    expect(await dealOf(id)).to.include({ scaler: null });
    await setScaler(developer, { deal, scaler: { key, capPerEpoch: 6_000n } });
    await setTarget(scaler, { deal, targetWorkers: 1 });
    await network.index(api.store);
    const { scaler: shown } = await dealOf(id);
    expect(shown).to.deep.include({ key, capPerEpoch: "6000" });
    const told = async () =>
      (await json<ListBody>(`/v1/deals/${id}/history`)).items.map((row) => row["sentence"]);
    expect(await told()).to.include.members([
      `The owner lets ${key} change how many workers it wants, as long as it can't cost more than 0.006 tUSD in an epoch.`,
      `The scaler ${key} changed how many workers it wants; it can again from epoch ${shown?.nextEpoch} on.`,
      "It wants 1 worker from now on.",
    ]);
    await setScaler(developer, { deal, scaler: undefined });
    await network.index(api.store);
    expect(await dealOf(id)).to.include({ scaler: null });
    expect(await told()).to.include(
      "The owner took the scaler's right away: nobody else changes how many workers it wants.",
    );
  });

  it("behavior: sentences for other reasons", async () => {
    const cases: [Parameters<typeof termsOf>[1], RegExp][] = [
      [
        { unitsPerWorker: 100, priceLimit: 9_000n },
        /have fewer than 100 free units \(node 1 has \d+ of \d+ in use, node 2 .*\); it is matched as soon/,
      ],
      [{ priceLimit: 9_000n, minimumAsk: 5_000n }, /3 of 3 nodes ask less than the minimum of 0\.005 tUSD/],
      [
        {
          priceLimit: 9_000n,
          constraints: [constraintOf({ attribute: "cores", operator: "atLeast", value: 64n })],
        },
        /do not meet the constraints/,
      ],
      [{ priceLimit: 9_000n, listMode: 1, providers: [99] }, /ruled out by the list of providers/],
      [{ priceLimit: 9_000n }, /3 of 3 nodes can take it; the next match should assign 2 more workers\./],
      [{ paymentToken: network.deployment.contracts.mill }, /no other node offers units in 0x/],
    ];
    for (const [changes, sentence] of cases.slice(0, 5))
      expect((await dealOf(await open(changes))).waitingFor?.sentence).to.match(sentence);
    for (const { owner, node } of nodes)
      await setOffer(owner, { node, token: network.token, askPerUnitEpoch: 1_000n, on: false });
    expect((await dealOf(await open())).waitingFor?.sentence).to.match(
      /offer nothing in tUSD now; wait until/,
    );
    for (const { owner, node } of nodes)
      await setOffer(owner, { node, token: network.token, askPerUnitEpoch: 1_000n, on: true });
    const hindered = await open();
    await writeHindrance(api.store.database, hindered, "Deal 1 holds 1 tUSD and needs 2 tUSD.");
    expect((await dealOf(hindered)).waitingFor?.sentence).to.equal(
      "3 of 3 nodes can take it, but: Deal 1 holds 1 tUSD and needs 2 tUSD.",
    );
    await network.nextEpoch();
    await network.nextEpoch();
    await network.index(api.store);
    expect((await dealOf(hindered)).waitingFor?.sentence).to.match(
      /3 of 3 nodes have not been online in this epoch or the last; wait until they are back/,
    );
  });

  it("behavior: while the chain is down a deal is shown from the index, marked stale", async () => {
    const fresh = await dealOf(1);
    down = true;
    const stale = await dealOf(1);
    down = false;
    expect(fresh.stale).to.equal(undefined);
    expect(stale.stale).to.equal(true);
    expect({ ...stale, waitingFor: null }).to.deep.equal({ ...fresh, waitingFor: null, stale: true });
  });

  it("behavior: a deal that the RPC end does not know yet is shown from the index, marked stale", async () => {
    const blockNumber = await developer.publicClient.getBlockNumber();
    const { publicClient } = developer;
    // One of several ends behind an address is some blocks behind the one that the index was made from.
    const lagging = ((call: object) =>
      publicClient.readContract({ ...call, blockNumber } as never)) as typeof publicClient.readContract;
    const id = await open();
    asked = { ...developer, publicClient: { ...publicClient, readContract: lagging } };
    const stale = await dealOf(id);
    asked = developer;
    expect(stale).to.include({ id, stale: true, status: "matching" });
    expect((await dealOf(id)).stale).to.equal(undefined);
  });

  it("error: request-invalid for terms with numbers that the contract cannot take", async () => {
    const terms = termsToJson(termsOf(network));
    const most = "9".repeat(78);
    const constraint = { attribute: "cores", operator: "atLeast" as const, attester: zeroAddress };
    for (const body of [
      { terms, deposit: most },
      { terms: { ...terms, priceLimit: most }, deposit: "0" },
      { terms: { ...terms, providers: [Number.MAX_SAFE_INTEGER] }, deposit: "0" },
      { terms: { ...terms, constraints: [{ ...constraint, value: "9".repeat(20) }] }, deposit: "0" },
    ]) {
      const response = await api.app.inject({ method: "POST", url: "/v1/quote", payload: body });
      expect(response.json<{ error: { code: string } }>().error.code).to.equal("request-invalid");
      expect(response.statusCode).to.equal(400);
    }
  });

  it("behavior: the SDK's client accepts every answer, over a socket", async () => {
    const url = await api.app.listen({ host: "127.0.0.1", port: 0 });
    const client = createApi(url);
    expect((await client.health()).status).to.equal("ok");
    expect((await client.network()).item.deployment).to.deep.equal(network.deployment);
    expect((await client.providers()).items).to.have.length(2);
    expect((await client.provider(1)).item.id).to.equal(1);
    expect((await client.node(1)).item.id).to.equal(1);
    expect((await client.offers({ token: network.token })).items).to.have.length(3);
    const { items: deals } = await client.deals();
    expect(deals.map(({ id }) => id)).to.include((await client.deal(1)).item.id);
    expect((await client.workers(1)).items).to.have.length(1);
    for await (const payment of allItems((query: PaymentsQuery) => client.payments(query), { limit: 1 }))
      expect(payment.kind).to.equal("deposit");
    expect((await client.events({ limit: 3 })).items).to.have.length(3);
    const quote = await client.quote({ terms: termsOf(network), deposit: 8_000n });
    expect(quote.item.fundedEpochs).to.equal("2");
    const bytes = randomBytes(50_000);
    const { cid } = await client.uploadBlob(bytes);
    expect(Buffer.from(await client.fetchBlob(cid))).to.deep.equal(bytes);
    expect((await client.uploadBlob(bytes)).cid).to.equal(cid);
    await client.deal(99).then(
      () => expect.fail("There is no deal 99"),
      (error: unknown) => expect(error).to.include({ code: "deal-unknown" }),
    );
  });
});
