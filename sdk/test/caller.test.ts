import { createServer } from "node:http";
import { expect } from "chai";
import { parseUnits } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import {
  createApi,
  createCaller,
  createDeal,
  decodeCallProof,
  decodePermission,
  matchDeal,
  permissionStatuses,
  setEndpoint,
  signCallPermission,
  verifyCall,
  verifyCallPermission,
  MillraceError,
  type Chain,
  type PermissionErrorCode,
} from "@millrace/sdk";
import { failureOf } from "./support/errors.ts";
import { listen } from "./support/listen.ts";
import { addProviderNode, mint, startNetwork, termsOf, type TestNetwork } from "./support/network.ts";
import { answer, breakOff, refuse, startWorker, type Behaviour, type Worker } from "./support/worker.ts";

describe("createCaller, with a real chain", function () {
  this.timeout(120_000);
  let network: TestNetwork;
  let chain: Chain;
  let workers: [Worker, Worker];
  let owners: [Chain, Chain];
  let deal: bigint;
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const total = () => workers[0].calls.length + workers[1].calls.length;

  before(async () => {
    network = await startNetwork();
    chain = await network.connectAs(1);
    workers = [await startWorker(), await startWorker()];
    const [a, b] = workers;
    const nodes = [
      await addProviderNode(network, { account: 2, endpoint: a.url, ask: 1000n }),
      await addProviderNode(network, { account: 3, endpoint: `${b.url}/`, ask: 1500n }),
    ];
    owners = [await network.connectAs(2), await network.connectAs(3)];
    await mint(chain, parseUnits("1", 6));
    ({ deal } = await createDeal(chain, { terms: termsOf(network), deposit: parseUnits("1", 6) }));
    await matchDeal(chain, { deal, candidates: nodes.map(({ node }) => ({ node, maxAsk: 2000n })) });
  });
  after(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await network.stop();
  });
  beforeEach(() => {
    for (const worker of workers) {
      worker.calls.length = 0;
      worker.behave((request, response) => answer(200, `echo ${request.text}`)(request, response));
    }
  });
  const behaveBoth = (behaviour: Behaviour) => workers.forEach((worker) => worker.behave(behaviour));
  /** Only the first behaves so; the call goes on until it was asked. */
  async function firstBehaves(behaviour: Behaviour, run: () => Promise<unknown>): Promise<void> {
    workers[0].behave(behaviour);
    for (let round = 0; round < 50 && workers[0].calls.length === 0; round++) await run();
    expect(workers[0].calls.length).to.be.greaterThan(0);
  }

  it("default: sends path, query, method, headers and body, and returns what the function wrote", async () => {
    const caller = createCaller({ chain });
    const result = await caller.call(deal, {
      path: "a%20b/c?x=1&y=2",
      method: "PUT",
      body: new Uint8Array([104, 105]),
      headers: { "x-mine": "1" },
    });
    expect(text(result.body)).to.equal("echo hi");
    expect(result).to.include({ status: 200, requestId: "r-1", error: undefined });
    expect([1, 2]).to.include(result.node);
    expect(result.headers["content-type"]).to.equal("text/plain");
    const [call] = [...workers[0].calls, ...workers[1].calls];
    expect(call).to.deep.equal({ method: "PUT", url: `/v1/deals/${deal}/call/a%20b/c?x=1&y=2`, text: "hi" });
  });

  it("behavior: sends a limit of the fuel and gives back what was used", async () => {
    const caller = createCaller({ chain });
    let limit: unknown;
    behaveBoth((request, response) => {
      limit = request.headers["millrace-fuel-limit"];
      response.writeHead(200, { "millrace-fuel-used": "12345678901234567890" });
      response.end();
    });
    const answer = await caller.call(deal, { fuelLimit: 5_000_000_000n });
    expect(limit).to.equal("5000000000");
    expect(answer.fuelUsed).to.equal(12_345_678_901_234_567_890n);
    behaveBoth((request, response) => {
      limit = request.headers["millrace-fuel-limit"];
      response.writeHead(200, { "millrace-fuel-used": "a lot" });
      response.end();
    });
    expect((await caller.call(deal)).fuelUsed).to.equal(undefined);
    expect(limit).to.equal(undefined);
  });

  it("behavior: a status that the function chose is its answer, and nobody follows where it points", async () => {
    for (const [status, body] of [
      [404, ""],
      [503, "later"],
      [302, ""],
    ] as const) {
      behaveBoth((_request, response) => {
        response.writeHead(status, { "millrace-outcome": "ok", location: "/elsewhere", "x-own": "1" });
        response.end(body);
      });
      const before = total();
      const result = await createCaller({ chain }).call(deal, { method: "GET" });
      expect(result).to.include({ status, error: undefined });
      expect(result.headers).to.include({ location: "/elsewhere", "x-own": "1" });
      expect(text(result.body)).to.equal(body);
      expect(total() - before).to.equal(1);
    }
  });

  it("behavior: works with no backend, with a dead one and with one that lies about the workers", async () => {
    const dead = createApi("http://127.0.0.1:1", { retries: 0 });
    expect((await createCaller({ chain, api: dead }).call(deal)).status).to.equal(200);
    const worker = {
      deal: Number(deal),
      node: 1,
      provider: 1,
      pricePerUnitEpoch: "1",
      firstEpoch: 1,
      lastEpoch: null,
      state: "active",
      endCause: null,
      endpoint: "http://127.0.0.1:1",
      operator: chain.deployment.contracts.deals,
      lock: "1",
      settledEpoch: 0,
      assignedAtBlock: 1,
      challengeEndEpoch: 2,
      tip: null,
    };
    const page = { asOfBlock: 1, finalizedBlock: 1, items: [worker], next: null };
    let asked = 0;
    const server = await listen(
      createServer((_request, response) => {
        asked += 1;
        response.setHeader("content-type", "application/json").end(JSON.stringify(page));
      }),
    );
    try {
      expect((await createCaller({ chain, api: createApi(server.url) }).call(deal)).status).to.equal(200);
      expect(asked).to.equal(1);
    } finally {
      await server.stop();
    }
  });

  for (const [status, code] of [
    [503, "node-draining"],
    [404, "deal-not-served"],
    [503, "not-ready"],
    [429, "deal-busy"],
  ] as const)
    it(`behavior: goes on to the next worker after ${code}, even with a call that may not run twice`, async () => {
      await firstBehaves(refuse(status, code), async () => {
        expect(text((await createCaller({ chain }).call(deal, { body: "once" })).body)).to.equal("echo once");
      });
    });

  it("behavior: goes on when a worker is gone, and remembers who answered", async () => {
    const caller = createCaller({ chain });
    const [gone] = workers;
    await gone.stop();
    for (let round = 0; round < 8; round++)
      expect(text((await caller.call(deal, { body: "x" })).body)).to.equal("echo x");
    expect(workers[1].calls).to.have.length(8);
    workers[0] = await startWorker(gone.port);
  });

  it("error: call-interrupted, sent once, when the line breaks after a call that may not run twice", async () => {
    behaveBoth(breakOff);
    const error = await failureOf(() => createCaller({ chain }).call(deal, { body: "pay" }));
    expect(error.code).to.equal("call-interrupted");
    expect(total()).to.equal(1);
  });

  it("behavior: an idempotent call and a GET go on after a broken line", async () => {
    for (const options of [{ body: "x", idempotent: true }, {}] as const) {
      workers[0].calls.length = 0;
      await firstBehaves(breakOff, async () => {
        expect((await createCaller({ chain }).call(deal, options)).status).to.equal(200);
      });
    }
  });

  it("behavior: a function's failure is returned, not tried elsewhere", async () => {
    behaveBoth(refuse(500, "function-failed"));
    const result = await createCaller({ chain }).call(deal);
    expect(result.status).to.equal(500);
    expect(result.error).to.include({ code: "function-failed", requestId: "r-1" });
    expect(total()).to.equal(1);
  });

  it("error: no-worker-answered, after its patience, naming each worker's reason", async () => {
    behaveBoth(refuse(503, "not-ready"));
    const error = await failureOf(() => createCaller({ chain }).call(deal, { patienceMs: 600 }));
    expect(error).to.include({ code: "no-worker-answered", retryable: true, requestId: "r-1" });
    expect(error.details).to.include("Node 1: It is not-ready.").and.to.include("Node 2: It is not-ready.");
    expect(total()).to.be.greaterThan(2);
  });

  it("behavior: waits for a worker that gets ready, and finds one that moved", async () => {
    behaveBoth(refuse(503, "not-ready"));
    setTimeout(() => behaveBoth(answer(200, "warm")), 400);
    expect(text((await createCaller({ chain }).call(deal, { body: "x" })).body)).to.equal("warm");

    const caller = createCaller({ chain });
    await caller.call(deal);
    const old = workers;
    workers = [await startWorker(), await startWorker()];
    await Promise.all(old.map((worker) => worker.stop()));
    for (const [index, owner] of owners.entries())
      await setEndpoint(owner, { node: index + 1, peerId: "", endpoint: workers[index]?.url ?? "" });
    expect((await caller.call(deal, { body: "x" })).status).to.equal(200);
  });

  it("error: no-workers and deals-unknown", async () => {
    const { deal: lonely } = await withFunds();
    const patienceMs = 0;
    expect((await failureOf(() => createCaller({ chain }).call(lonely, { patienceMs }))).code).to.equal(
      "no-workers",
    );
    expect((await failureOf(() => createCaller({ chain }).call(999n))).code).to.equal("deals-unknown");
  });

  it("error: call-timeout; an abort rejects with its own reason", async () => {
    behaveBoth(() => undefined);
    const caller = createCaller({ chain });
    expect((await failureOf(() => caller.call(deal, { timeoutMs: 300 }))).code).to.equal("call-timeout");
    const reason = new Error("enough");
    const call = caller.call(deal, { signal: AbortSignal.abort(reason) });
    expect(await call.catch((error: unknown) => error)).to.equal(reason);
    const later = new AbortController();
    setTimeout(() => later.abort(reason), 100);
    const running = caller.call(deal, { signal: later.signal });
    expect(await running.catch((error: unknown) => error)).to.equal(reason);
  });

  describe("a deal that is not open", () => {
    /** Checks a call as a node does, for the developer's deal. */
    const guarded: Behaviour = (request, response) => {
      const check = async () => {
        const header = (name: string) => request.headers[name] as string | undefined;
        const permission = decodePermission(header("millrace-permission"));
        const now = Math.floor(Date.now() / 1000);
        const { deployment } = network;
        const issuers = [chain.account?.address ?? "0x"];
        await verifyCallPermission({ deployment, permission, deal, issuers, now });
        const body = new TextEncoder().encode(request.text);
        const proof = decodeCallProof(header("millrace-caller"));
        const { method, url } = request;
        const target = url.slice(url.indexOf("/call") + "/call".length);
        const { caller } = permission;
        await verifyCall({ deployment, proof, caller, deal, method, target, body, now });
      };
      check().then(
        () => answer(200, `echo ${request.text}`)(request, response),
        (error: unknown) => {
          const code = error instanceof MillraceError ? error.code : "unexpected";
          refuse(permissionStatuses[code as PermissionErrorCode], code)(request, response);
        },
      );
    };
    beforeEach(() => behaveBoth(guarded));

    it("behavior: a caller with a permission proves itself for each call", async () => {
      const privateKey = generatePrivateKey();
      if (chain.account === undefined) throw new Error("no account");
      const permission = await signCallPermission({
        deployment: network.deployment,
        account: chain.account,
        deal,
        caller: privateKeyToAccount(privateKey).address,
        expiresAt: Math.floor(Date.now() / 1000) + 60,
        callsPerMinute: 60,
      });
      const caller = createCaller({ chain: await network.connectAs(9), privateKey, permission });
      expect(text((await caller.call(deal, { body: "mine" })).body)).to.equal("echo mine");
      expect((await caller.call(deal)).status).to.equal(200);
      expect((await caller.call(deal, { path: "ä b/../c?q=ö#part", method: "DELETE" })).status).to.equal(200);
      const thief = createCaller({ chain: await network.connectAs(9), permission });
      expect((await thief.call(deal)).error?.code).to.equal("caller-mismatch");
    });

    it("behavior: the owner helps itself; a stranger is told why not", async () => {
      expect((await createCaller({ chain }).call(deal, { body: "x" })).status).to.equal(200);
      const stranger = await createCaller({ chain: await network.connectAs(9) }).call(deal);
      expect(stranger.status).to.equal(403);
      expect(stranger.error?.code).to.equal("permission-not-issued");
    });
  });

  async function withFunds() {
    await mint(chain, parseUnits("1", 6));
    return createDeal(chain, { terms: termsOf(network), deposit: parseUnits("1", 6) });
  }
});
