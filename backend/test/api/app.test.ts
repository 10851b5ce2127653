import { randomBytes } from "node:crypto";
import { expect } from "chai";
import type { TermsJson } from "@millrace/sdk";
import { nowhere, openTestApi, unreachable, type TestApi } from "../support/api.ts";

const zeroAddress = `0x${"0".repeat(40)}` as const;
const terms: TermsJson = {
  paymentToken: nowhere.contracts.mill,
  moduleDigest: `0x${"ab".repeat(32)}`,
  functionCommitment: `0x${"0".repeat(64)}`,
  unitsPerWorker: 1,
  minWorkers: 1,
  targetWorkers: 2,
  maxWorkers: 3,
  maxWorkersPerProvider: 1,
  priceLimit: "2000",
  minimumAsk: "0",
  priceToleranceBps: 0,
  tipPerWorker: "0",
  endEpoch: 0,
  openToAll: true,
  permissionIssuer: zeroAddress,
  constraints: [],
  listMode: "none",
  providers: [],
};

describe("buildApp, empty index, chain down", () => {
  let api: TestApi;
  before(async () => {
    api = await openTestApi({ deployment: nowhere, chain: unreachable(nowhere) });
  });
  after(() => api.close());

  const get = (url: string, headers: Record<string, string> = {}) => api.app.inject({ url, headers });
  const errorOf = (response: { json: () => unknown }) => {
    const { error = {} } = response.json() as { error?: Record<string, string> };
    return error;
  };

  it("default: every list is empty and says as of which block", async () => {
    for (const route of [
      "providers",
      "nodes",
      "offers",
      "attestations",
      "deals",
      "slashes",
      "payments",
      "events",
    ]) {
      const response = await get(`/v1/${route}`);
      expect(response.statusCode, route).to.equal(200);
      expect(response.json()).to.deep.equal({ asOfBlock: 0, finalizedBlock: 0, items: [], next: null });
    }
  });

  it("behavior: gives every request an id and takes over a plausible one", async () => {
    expect((await get("/v1/nodes")).headers["x-request-id"]).to.match(/^[0-9a-f-]{36}$/);
    const mine = await get("/v1/nodes/7", { "x-request-id": "mine-1" });
    expect(mine.headers["x-request-id"]).to.equal("mine-1");
    expect(errorOf(mine)["requestId"]).to.equal("mine-1");
    const bad = await get("/v1/nodes", { "x-request-id": "a b\tc" });
    expect(bad.headers["x-request-id"]).to.match(/^[0-9a-f-]{36}$/);
  });

  it("behavior: GET is open to every origin, nothing else is", async () => {
    const headers = { origin: "https://page.example" };
    expect((await get("/v1/nodes", headers)).headers["access-control-allow-origin"]).to.equal("*");
    const preflight = await api.app.inject({
      method: "OPTIONS",
      url: "/v1/quote",
      headers: { ...headers, "access-control-request-method": "POST" },
    });
    expect(preflight.headers["access-control-allow-methods"]).to.equal("GET, HEAD");
  });

  it("error: 404 names what is unknown", async () => {
    for (const noun of ["provider", "node", "deal"]) {
      for (const id of [7, 3_000_000_000]) {
        const response = await get(`/v1/${noun}s/${id}`);
        expect(response.statusCode).to.equal(404);
        expect(errorOf(response)).to.include({
          code: `${noun}-unknown`,
          message: `There is no ${noun} ${id}.`,
        });
        expect(errorOf(response)["nextStep"]).to.be.a("string");
      }
    }
    expect((await get("/v1/deals/7/workers")).statusCode).to.equal(404);
    const route = await get("/v1/nonsense?x=1");
    expect(route.statusCode).to.equal(404);
    expect(errorOf(route)).to.include({
      code: "route-unknown",
      message: "There is no GET /v1/nonsense.",
    });
  });

  it("error: request-invalid for what doesn't fit the schema", async () => {
    const wrong = [
      "/v1/nodes/abc",
      "/v1/nodes/0",
      "/v1/nodes/-1",
      "/v1/nodes/1.5",
      "/v1/nodes?limit=0",
      "/v1/nodes?limit=many",
      "/v1/nodes?surprise=1",
      "/v1/nodes?provider=99999999999",
      "/v1/deals?owner=0x12",
      "/v1/deals?status=happy",
      "/v1/slashes?state=paid",
      "/v1/offers?token=tUSD",
      "/v1/blobs/not-a-cid",
      "/v1/nodes/%zz",
    ];
    for (const url of wrong) {
      const response = await get(url);
      expect(response.statusCode, url).to.equal(400);
      expect(errorOf(response)["code"], url).to.equal("request-invalid");
    }
  });

  it("error: cursor-invalid for a cursor of another list", async () => {
    for (const url of [
      "/v1/nodes?cursor=1-2",
      "/v1/offers?cursor=5",
      "/v1/attestations?cursor=1-0x12-0x34",
      "/v1/events?after=x",
      "/v1/payments?cursor=1",
      "/v1/slashes?cursor=1-2",
    ]) {
      const response = await get(url);
      expect(response.statusCode, url).to.equal(400);
      expect(errorOf(response)["code"]).to.equal("cursor-invalid");
    }
  });

  it("error: rpc-unreachable where only the chain knows", async () => {
    const quote = await api.app.inject({
      method: "POST",
      url: "/v1/quote",
      payload: { terms, deposit: "1000" },
    });
    expect(quote.statusCode, quote.body).to.equal(503);
    expect(errorOf(quote)["code"]).to.equal("rpc-unreachable");
    expect(quote.body, "the RPC URL's key").not.to.contain("secret-key");
    expect((await get("/v1/network")).statusCode).to.equal(503);
  });

  it("error: a quote refuses terms that don't fit, broken JSON, another type and a body that is too large", async () => {
    const post = (payload: string | object, type = "application/json") =>
      api.app.inject({ method: "POST", url: "/v1/quote", payload, headers: { "content-type": type } });
    const bodies = [
      {},
      { terms, deposit: "-1" },
      { terms, deposit: 5 },
      { terms: { ...terms, priceLimit: "1e9" }, deposit: "1" },
      { terms: { ...terms, extra: 1 }, deposit: "1" },
      {
        terms: {
          ...terms,
          constraints: Array(9).fill({ attribute: "cores", operator: "equal", value: "1" }),
        },
        deposit: "1",
      },
      "{",
      "null",
    ];
    for (const body of bodies) {
      const response = await post(body);
      expect(response.statusCode, JSON.stringify(body)).to.equal(400);
      expect(errorOf(response)["code"]).to.equal("request-invalid");
    }
    const text = await post("hello", "text/csv");
    expect([text.statusCode, errorOf(text)["code"]]).to.deep.equal([415, "content-type-unsupported"]);
    const large = await post({ terms, deposit: "1", filler: "x".repeat(300_000) });
    expect([large.statusCode, errorOf(large)["code"]]).to.deep.equal([413, "body-too-large"]);
  });

  it("behavior: health is 503 with the reason of every part", async () => {
    api.parts.set("matcher", () => ({ ok: false, reason: "no gas money" }));
    api.parts.set("keeper", () => ({ ok: true }));
    const response = await get("/v1/health");
    expect(response.statusCode).to.equal(503);
    const health = response.json<{
      parts: Record<string, { ok: boolean; reason?: string }>;
      status: string;
    }>();
    expect(health.status).to.equal("degraded");
    expect(health.parts["database"]).to.deep.equal({ ok: true });
    expect(health.parts["keeper"]).to.deep.equal({ ok: true });
    expect(health.parts["matcher"]).to.deep.equal({ ok: false, reason: "no gas money" });
    expect(health.parts["chain"]?.reason).to.match(/RPC end http:\/\/127\.0\.0\.1:\d+ can't be reached/);
    expect(response.body, "the RPC URL's key").not.to.contain("secret-key");
    expect(health.parts["index"]?.reason).to.match(/Nothing is indexed/);
    expect(errorOf(response)["code"]).to.equal("unhealthy");
    expect(errorOf(response)["message"]).to.contain("matcher: no gas money");
  });

  it("behavior: health keeps the RPC URL's key from strangers, whatever a part complains of", async () => {
    const reason =
      "HTTP request failed.\n\nURL: https://rpc.example.org/v3/secret-key?token=secret-key\nStatus: 401";
    api.parts.set("indexer", () => ({ ok: false, reason }));
    const response = await get("/v1/health");
    expect(response.body).to.contain("https://rpc.example.org").and.not.to.contain("secret-key");
  });

  it("behavior: the OpenAPI document names every route with its answers", async () => {
    const document = (await get("/v1/openapi.json")).json<{
      openapi: string;
      paths: Record<string, Record<string, { responses: Record<string, object>; summary?: string }>>;
    }>();
    expect(document.openapi).to.equal("3.1.0");
    const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(documented.sort()).to.deep.equal([
      "GET /v1/attestations",
      "GET /v1/blobs/{cid}",
      "GET /v1/deals",
      "GET /v1/deals/{id}",
      "GET /v1/deals/{id}/history",
      "GET /v1/deals/{id}/workers",
      "GET /v1/events",
      "GET /v1/health",
      "GET /v1/network",
      "GET /v1/nodes",
      "GET /v1/nodes/{id}",
      "GET /v1/offers",
      "GET /v1/payments",
      "GET /v1/proposals",
      "GET /v1/proposals/{id}",
      "GET /v1/proposals/{id}/votes",
      "GET /v1/providers",
      "GET /v1/providers/{id}",
      "GET /v1/slashes",
      "POST /v1/blobs",
      "POST /v1/probes",
      "POST /v1/quote",
    ]);
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const operation of Object.values(methods)) {
        expect(operation.summary, path).to.be.a("string");
        expect(Object.keys(operation.responses), path).to.include.oneOf(["200", "201"]);
      }
      const url = path.replace("{id}", "1").replace("{cid}", "x");
      const [method = "get"] = Object.keys(methods);
      const answer = await api.app.inject({ method: method as "GET", url });
      expect(errorOf(answer)["code"], url).to.not.equal("route-unknown");
    }
  });
});

describe("buildApp, rate limit", () => {
  it("behavior: it counts whom a trusted proxy names, and believes nobody else", async () => {
    for (const [trustedProxies, expected] of [
      [["127.0.0.0/8"], 200],
      [["10.0.0.1"], 429],
      [[], 429],
    ] as const) {
      const limits = { requestsPerMinute: 1, trustedProxies };
      const api = await openTestApi({ deployment: nowhere, chain: unreachable(nowhere), limits });
      try {
        const ask = (caller: string) =>
          api.app.inject({ url: "/v1/nodes", headers: { "x-forwarded-for": caller } });
        expect((await ask("192.0.2.1")).statusCode).to.equal(200);
        expect((await ask("192.0.2.2")).statusCode, trustedProxies.join()).to.equal(expected);
        expect((await ask("192.0.2.1")).statusCode).to.equal(429);
      } finally {
        await api.close();
      }
    }
  });

  it("error: rate-limited names the limit and when to come back", async () => {
    const chain = unreachable(nowhere);
    const api = await openTestApi({
      deployment: nowhere,
      chain,
      limits: { requestsPerMinute: 3, uploadsPerMinute: 2 },
    });
    try {
      for (let count = 0; count < 3; count++)
        expect((await api.app.inject("/v1/nodes")).statusCode).to.equal(200);
      const response = await api.app.inject("/v1/nodes");
      expect(response.statusCode).to.equal(429);
      expect(response.headers["retry-after"]).to.match(/^\d+$/);
      const { error } = response.json<{ error: Record<string, string> }>();
      expect(error).to.include({ code: "rate-limited" });
      expect(error["message"]).to.contain("3 requests");
      const upload = () => api.app.inject({ method: "POST", url: "/v1/blobs", payload: randomBytes(10) });
      expect((await upload()).statusCode).to.equal(201);
      expect((await upload()).statusCode).to.equal(201);
      expect((await upload()).statusCode).to.equal(429);
      expect((await api.app.inject("/v1/health")).statusCode, "health is never limited").to.equal(503);
    } finally {
      await api.close();
    }
  });
});
