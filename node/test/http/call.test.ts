import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { type CallNode, openCallNode, settled } from "../support/callNode.ts";
import { eventually } from "../support/eventually.ts";
import { fixtureModule } from "../support/fixtures.ts";
import { useFolder, useSharedFolder } from "../support/folder.ts";

const limits = { timeoutMs: 400, memoryMiB: 16, inputMiB: 1, outputMiB: 1 };

interface ErrorAnswer {
  error: { code: string; message: string; nextStep: string; requestId: string; exitCode?: number };
}

const errorOf = (answer: { body: string }) => (JSON.parse(answer.body) as ErrorAnswer).error;

describe("POST /v1/deals/<id>/call", () => {
  const folder = useSharedFolder();
  let node: CallNode;
  before(async () => {
    const contentType = "text/plain; charset=utf-8";
    node = await openCallNode({
      folder: folder(),
      deals: [
        { deal: 1n, module: fixtureModule("echo", { limits, contentType, env: { GREETING: "hello" } }) },
        { deal: 2n, module: fixtureModule("exit", { limits }) },
        { deal: 3n, module: fixtureModule("loop", { limits }) },
        { deal: 4n, module: fixtureModule("recursion", { limits }) },
        { deal: 5n, module: fixtureModule("memory", { limits }) },
        { deal: 6n, module: fixtureModule("output", { limits }) },
        { deal: 7n, module: new TextEncoder().encode("this is not wasm") },
      ],
    });
    await settled(node.table);
  });
  after(() => node.close());

  const inject = (options: object) => node.app.inject(options);

  it("default: the request becomes CGI variables and stdin, stdout becomes the body", async () => {
    const payload = `unique ${Math.random()}`;
    const headers = {
      "x-request-id": "abc-1",
      "content-type": "text/x-own",
      "millrace-permission": "secret",
    };
    const answer = await inject({
      method: "PUT",
      url: "/v1/deals/1/call/a%20b/c?x=1&y=%20",
      payload,
      headers,
    });
    expect(answer.statusCode).to.equal(200);
    expect(answer.headers["content-type"]).to.equal("text/plain; charset=utf-8");
    expect(answer.body).to.contain("REQUEST_METHOD=PUT");
    expect(answer.body).to.contain("PATH_INFO=/a b/c");
    expect(answer.body).to.contain("QUERY_STRING=x=1&y=%20");
    expect(answer.body).to.contain("CONTENT_TYPE=text/x-own");
    expect(answer.body).to.contain("GREETING=hello");
    expect(answer.body).not.to.contain("secret");
    expect(answer.body.endsWith(payload)).to.equal(true);
  });

  it("behavior: every answer carries node, request id, duration and open CORS", async () => {
    for (const url of ["/v1/deals/1/call", "/v1/deals/99/call", "/nowhere"]) {
      const { headers } = await inject({ method: "POST", url, headers: { "x-request-id": "abc-2" } });
      expect(headers["millrace-node"]).to.equal("7");
      expect(headers["millrace-request-id"]).to.equal("abc-2");
      expect(headers["millrace-duration-ms"]).to.match(/^\d+$/);
      expect(headers["access-control-allow-origin"]).to.equal("*");
    }
  });

  it("behavior: an answer says what fuel was used, and the call may set a lower limit", async () => {
    const call = (headers: object) =>
      inject({
        ...{ method: "POST", url: "/v1/deals/1/call", payload: "a" },
        headers: { "x-request-id": "fuel-1", ...headers },
      });
    const enough = await call({});
    const used = Number(enough.headers["millrace-fuel-used"]);
    expect(used).to.be.above(1_000);
    expect(enough.body).not.to.contain("FUEL");
    const limited = await call({ "millrace-fuel-limit": "1000" });
    expect(limited.statusCode).to.equal(500);
    expect(limited.headers["millrace-fuel-used"]).to.equal("1000");
    expect(errorOf(limited)).to.include({ code: "function-out-of-fuel" });
    expect((await call({ "millrace-fuel-limit": "99999999999999999999" })).body).to.equal(enough.body);
    for (const wrong of ["", "-1", "1e3", "1".repeat(21), "many"]) {
      const refused = await call({ "millrace-fuel-limit": wrong });
      expect(refused.statusCode).to.equal(400);
      expect(errorOf(refused)).to.include({ code: "request-malformed" });
      expect(refused.headers).not.to.have.property("millrace-fuel-used");
    }
    const present = node.table.status(1).find(({ deal }) => deal === "1")?.modules?.present;
    expect(present?.use?.calls).to.be.above(2);
    expect(Number(present?.use?.fuel)).to.be.above(2 * used);
  });

  it("behavior: a request id that is no safe token is replaced", async () => {
    const { headers } = await inject({
      method: "GET",
      url: "/v1/deals/1/call",
      headers: { "x-request-id": 'a"b c' },
    });
    expect(headers["millrace-request-id"]).to.match(/^[0-9a-f-]{36}$/);
  });

  it("behavior: GET and HEAD call too; HEAD has no body", async () => {
    expect((await inject({ method: "GET", url: "/v1/deals/1/call" })).body).to.contain("REQUEST_METHOD=GET");
    const head = await inject({ method: "HEAD", url: "/v1/deals/1/call" });
    expect(head.statusCode).to.equal(200);
    expect(head.body).to.equal("");
    expect(Number(head.headers["content-length"])).to.be.above(0);
  });

  it("behavior: a browser's question before a call is answered", async () => {
    const headers = { "access-control-request-headers": "millrace-permission" };
    const answer = await inject({ method: "OPTIONS", url: "/v1/deals/1/call", headers });
    expect(answer.statusCode).to.equal(204);
    expect(answer.headers["access-control-allow-headers"]).to.equal("millrace-permission");
    expect(answer.headers["access-control-allow-methods"]).to.contain("DELETE");
  });

  it("error: function-failed with the exit code; stderr goes to the deal's log under the request id", async () => {
    const headers = { "x-request-id": "failing-1" };
    const answer = await inject({ method: "POST", url: "/v1/deals/2/call", payload: "3", headers });
    expect(answer.statusCode).to.equal(500);
    expect(errorOf(answer)).to.include({ code: "function-failed", exitCode: 3, requestId: "failing-1" });
    const lines = await eventually("the deal's log", async () => {
      const entries = await node.logs.of(2n).read({ after: 0, limit: 10, request: undefined });
      return entries.length === 3 ? entries : undefined;
    });
    expect(lines.map((line) => ({ ...line, time: 0 })).slice(0, 2)).to.deep.equal([
      { seq: 1, time: 0, source: "stderr", requestId: "failing-1", text: "first complaint" },
      { seq: 2, time: 0, source: "stderr", requestId: "failing-1", text: "second complaint" },
    ]);
    expect(lines[2]).to.include({ source: "outcome", requestId: "failing-1" });
  });

  const outcomes: [string, string, string, number, string][] = [
    ["function-timeout", "/v1/deals/3/call", "", 504, "an endless loop"],
    ["function-stack-exhausted", "/v1/deals/4/call", "", 500, "endless recursion"],
    ["function-out-of-memory", "/v1/deals/5/call?bomb", "", 500, "a memory bomb"],
    ["function-output-too-large", "/v1/deals/6/call", String(2 * 1024 * 1024), 502, "too much output"],
  ];
  for (const [code, url, payload, status, what] of outcomes) {
    it(`error: ${code} for ${what}, and the other deals answer meanwhile`, async () => {
      const bad = inject({ method: "POST", url, payload });
      const good = await inject({ method: "POST", url: "/v1/deals/1/call", payload: "still here" });
      expect(good.body).to.contain("still here");
      const answer = await bad;
      expect(errorOf(answer).code).to.equal(code);
      expect(answer.statusCode).to.equal(status);
    });
  }

  it("error: module-refused with the reason, seen in the status too", async () => {
    const answer = await inject({ method: "POST", url: "/v1/deals/7/call" });
    expect(answer.statusCode).to.equal(502);
    expect(errorOf(answer).code).to.equal("module-refused");
    const status = node.table.status(10).find(({ deal }) => deal === "7");
    expect(status?.state).to.equal("failed");
    expect(errorOf(answer).message).to.contain(status?.reason);
  });

  it("error: deal-not-served, deal-id-invalid, request-malformed, route-unknown", async () => {
    const cases: [string, number, string][] = [
      ["/v1/deals/99/call", 404, "deal-not-served"],
      ["/v1/deals/0/call", 400, "deal-id-invalid"],
      ["/v1/deals/18446744073709551616/call", 400, "deal-id-invalid"],
      ["/v1/deals/1/call/%zz", 400, "request-malformed"],
      ["/v2/deals", 404, "route-unknown"],
    ];
    for (const [url, status, code] of cases) {
      const answer = await inject({ method: "POST", url });
      expect(errorOf(answer), url).to.include({ code });
      expect(answer.statusCode, url).to.equal(status);
      expect(errorOf(answer).nextStep, url).not.to.equal("");
    }
  });

  it("error: deal-busy beyond the threads and the queue, with Retry-After", async () => {
    const answers = await Promise.all(
      Array.from({ length: 7 }, () => inject({ method: "POST", url: "/v1/deals/3/call" })),
    );
    const busy = answers.filter(({ statusCode }) => statusCode === 429);
    expect(busy).to.have.length(3);
    expect(busy.map((answer) => errorOf(answer).code)).to.include("deal-busy");
    expect(busy.map(({ headers }) => headers["retry-after"])).to.deep.equal(["1", "1", "1"]);
    const others = answers.filter((answer) => !busy.includes(answer));
    expect(others.map((answer) => errorOf(answer).code)).to.deep.equal(Array(4).fill("function-timeout"));
    expect(others.map(({ statusCode }) => statusCode)).to.deep.equal([504, 504, 504, 504]);
  });

  it("behavior: modules are given to other nodes by their CID", async () => {
    const cid = node.table.status(10).find(({ deal }) => deal === "1")?.cid ?? "";
    const answer = await inject({ method: "GET", url: `/v1/blobs/${cid}` });
    expect(answer.statusCode).to.equal(200);
    const module = Buffer.from(
      fixtureModule("echo", { limits, env: { GREETING: "hello" }, contentType: "text/plain; charset=utf-8" }),
    );
    expect(Buffer.compare(answer.rawPayload, module)).to.equal(0);
    expect((await inject({ method: "HEAD", url: `/v1/blobs/${cid}` })).headers["content-length"]).to.equal(
      String(module.length),
    );
    expect(errorOf(await inject({ method: "GET", url: "/v1/blobs/nonsense" })).code).to.equal("cid-invalid");
    const other = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";
    expect((await inject({ method: "GET", url: `/v1/blobs/${other}` })).statusCode).to.equal(404);
  });
});

describe("POST /v1/deals/<id>/call of a node that stops", () => {
  const folder = useFolder();
  let node: CallNode;
  beforeEach(async () => {
    node = await openCallNode({
      folder: folder(),
      deals: [{ deal: 1n, module: fixtureModule("loop", { limits }) }],
    });
    await settled(node.table);
  });
  afterEach(() => node.close());

  const inject = (options: object) => node.app.inject(options);

  it("error: node-draining with Retry-After once the node stops", async () => {
    node.drain();
    const answer = await inject({ method: "POST", url: "/v1/deals/1/call" });
    expect(answer.statusCode).to.equal(503);
    expect(errorOf(answer).code).to.equal("node-draining");
    expect(answer.headers["retry-after"]).to.equal("10");
  });

  it("error: deal-not-served naming the state when the deal is stopped", async () => {
    node.table.apply(new Map(), 10);
    const answer = await inject({ method: "POST", url: "/v1/deals/1/call" });
    expect(answer.statusCode).to.equal(404);
    expect(errorOf(answer).message).to.contain("no worker in the deal");
  });

  it("behavior: a deal that stops finishes the calls that run", async () => {
    const running = inject({ method: "POST", url: "/v1/deals/1/call" });
    await delay(100);
    await node.table.close();
    expect(errorOf(await running).code).to.equal("function-timeout");
  });
});
