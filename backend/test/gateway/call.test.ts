import { randomBytes } from "node:crypto";
import { expect } from "chai";
import {
  ask,
  breakOff,
  echo,
  openGateway,
  refuse,
  respond,
  startWorker,
  type TestGateway,
  type Worker,
} from "./support.ts";

describe("a gateway's calls", () => {
  let workers: [Worker, Worker];
  let gateway: TestGateway;
  const ports: number[] = [];

  beforeEach(async () => {
    workers = [await startWorker(1), await startWorker(2)];
    ports.splice(0, 2, ...workers.map(({ endpoint }) => Number(new URL(endpoint).port)));
    gateway = await openGateway(workers);
  });
  afterEach(async () => {
    await gateway.close();
    await Promise.all(workers.map((worker) => worker.stop()));
  });

  const received = () => workers.flatMap(({ calls }) => calls);

  it("default: passes method, target, headers and body on as they were sent, and says who answered", async () => {
    const body = randomBytes(300);
    const own = { "millrace-permission": "p", "millrace-caller": "c", "millrace-fuel-limit": "9" };
    const headers = { "X-Mixed-Case": "kept", ...own };
    const answer = await ask(gateway, "/run/7/a%2Fb/../c?x=%20&y=+&z", {
      ...{
        method: "POST",
        body,
        headers: { ...headers, "x-request-id": "r.1", connection: "close, x-hop", "x-hop": "1" },
      },
    });
    expect(answer.status).to.equal(200);
    expect(answer.body.equals(body)).to.equal(true);
    const [call] = received();
    expect(call).to.include({ method: "POST", url: "/v1/deals/7/call/a%2Fb/../c?x=%20&y=+&z" });
    expect(call?.body.equals(body)).to.equal(true);
    expect(call?.headers).to.include({
      ...{
        ...own,
        "x-mixed-case": "kept",
        "x-request-id": "r.1",
      },
      ...{ "x-forwarded-for": "127.0.0.1", "content-length": "300" },
    });
    expect(call?.headers).not.to.have.any.keys("x-hop", "transfer-encoding");
    expect(call?.headers.connection).to.equal("keep-alive");
    expect(answer.headers).to.include({
      ...{ "millrace-request-id": "r.1", "millrace-attempts": "1", "access-control-allow-origin": "*" },
      ...{ "x-content-type-options": "nosniff", "content-type": "text/plain" },
    });
    expect(Number(answer.headers["millrace-node"])).to.be.oneOf([1, 2]);
    expect(answer.headers["content-security-policy"]).to.contain("sandbox");
  });

  it("behavior: makes a request id, and takes none that is not safe in a log", async () => {
    const made = (await ask(gateway, "/run/7")).headers["millrace-request-id"];
    expect(made).to.match(/^[0-9a-f-]{36}$/);
    const odd = await ask(gateway, "/run/7", { headers: { "x-request-id": "a b\tc" } });
    expect(odd.headers["millrace-request-id"]).to.match(/^[0-9a-f-]{36}$/);
  });

  it("behavior: what a node says in this host's name is not passed on, nor who it claims to be", async () => {
    for (const worker of workers)
      worker.behave((_received, response) => {
        response.writeHead(200, {
          ...{
            "set-cookie": "a=b",
            "clear-site-data": "*",
            "millrace-node": "99",
            "millrace-duration-ms": "3",
            "millrace-fuel-used": "123456789012345",
          },
          ...{ "content-type": "text/html", "content-length": 2, "strict-transport-security": "max-age=1" },
        });
        response.end("ok");
      });
    const { headers, text } = await ask(gateway, "/run/7");
    expect(text).to.equal("ok");
    expect(headers).not.to.have.any.keys("set-cookie", "clear-site-data", "strict-transport-security");
    expect(headers["millrace-node"]).to.be.oneOf(["1", "2"]);
    expect(headers["millrace-duration-ms"]).to.equal("3");
    expect(headers["millrace-fuel-used"]).to.equal("123456789012345");
  });

  it("behavior: a function's own status and headers are passed on, and its refusals are answers", async () => {
    for (const [status, body] of [
      [404, ""],
      [503, ""],
      [429, JSON.stringify({ error: { code: "deal-busy", message: "m", requestId: "r" } })],
      [302, ""],
    ] as const) {
      for (const worker of workers)
        worker.behave((_received, response) => {
          const own = { "x-own": "1", location: "/there", link: "<a>", "content-length": body.length };
          response.writeHead(status, { ...own, "alt-svc": "clear", "millrace-outcome": "ok" });
          response.end(body);
        });
      const { status: got, headers, text } = await ask(gateway, "/run/7", { method: "POST", body: "x" });
      expect([got, text, headers["millrace-attempts"]]).to.deep.equal([status, body, "1"]);
      expect(headers).to.include({ "x-own": "1", location: "/there", link: "<a>", "millrace-outcome": "ok" });
      expect(headers).not.to.have.any.keys("alt-svc");
    }
  });

  it("behavior: a node that is gone costs no call, not even one that must not run twice", async () => {
    for (let round = 0; round < 2; round += 1) {
      await ask(gateway, "/run/7", { method: "POST", body: "warm" });
      await workers[round === 0 ? 0 : 1].stop();
      for (let turn = 0; turn < 10; turn += 1) {
        const answer = await ask(gateway, "/run/7", { method: "POST", body: String(turn) });
        expect(answer.status, answer.text).to.equal(200);
      }
      workers[round === 0 ? 0 : 1] = await startWorker(round + 1, ports[round]);
    }
  });

  for (const [code, status] of [
    ["node-draining", 503],
    ["not-ready", 503],
    ["deal-not-served", 404],
    ["deal-busy", 429],
  ] as const)
    it(`behavior: ${code} of one node sends the call to the other`, async () => {
      workers[0].behave(refuse(status, code));
      for (let turn = 0; turn < 8; turn += 1) {
        const answer = await ask(gateway, "/run/7", { method: "POST", body: "once" });
        expect(answer.status, answer.text).to.equal(200);
        expect(answer.headers["millrace-node"]).to.equal("2");
      }
      expect(workers[1].calls).to.have.length(8);
    });

  it("behavior: what a function or a permission check said is an answer and is not asked again", async () => {
    for (const [status, code] of [
      [500, "function-failed"],
      [401, "permission-missing"],
      [429, "caller-rate"],
    ] as const) {
      for (const worker of workers) worker.behave(refuse(status, code));
      const before = received().length;
      const answer = await ask(gateway, "/run/7", { method: "POST", body: "x" });
      expect([answer.status, answer.code]).to.deep.equal([status, code]);
      expect(received().length - before).to.equal(1);
    }
  });

  it("behavior: a call that may have run is sent again only if it says that it may", async () => {
    workers[0].behave(breakOff);
    workers[1].behave(breakOff);
    const once = await ask(gateway, "/run/7", { method: "POST", body: "x" });
    expect([once.status, once.code]).to.deep.equal([502, "call-interrupted"]);
    expect(received()).to.have.length(1);

    workers[1].behave(echo);
    const headers = { "millrace-idempotent": "true" };
    for (let turn = 0; turn < 6; turn += 1) {
      const marked = await ask(gateway, "/run/7", { method: "POST", body: "y", headers });
      expect([marked.status, marked.text]).to.deep.equal([200, "y"]);
      expect((await ask(gateway, "/run/7")).status).to.equal(200);
    }
  });

  it("behavior: an answer that breaks off is asked for again if the call may run twice", async () => {
    workers[0].behave((_received, response) => {
      response.writeHead(200, { "content-length": 1_000 });
      response.write("only the beginning", () => response.destroy());
    });
    for (let turn = 0; turn < 6; turn += 1) {
      const { status, text } = await ask(gateway, "/run/7", {
        method: "PUT",
        body: "z",
        headers: { "millrace-idempotent": "true" },
      });
      expect([status, text]).to.deep.equal([200, "z"]);
    }
    workers[1].behave(breakOff);
    expect((await ask(gateway, "/run/7", { method: "POST", body: "z" })).code).to.equal("call-interrupted");
  });

  it("behavior: a deal's only worker may restart", async () => {
    gateway.workers.splice(1);
    await ask(gateway, "/run/7");
    await workers[0].stop();
    const waiting = ask(gateway, "/run/7", { method: "POST", body: "patient" });
    workers[0] = await startWorker(1, ports[0]);
    expect((await waiting).text).to.equal("patient");
  });

  it("behavior: a new endpoint of a node is used from then on", async () => {
    gateway.workers.splice(1);
    await ask(gateway, "/run/7");
    await workers[0].stop();
    workers[0] = await startWorker(1);
    gateway.workers[0] = workers[0];
    expect((await ask(gateway, "/run/7", { method: "POST", body: "moved" })).text).to.equal("moved");
  });

  it("error: 429 of all workers is passed on; 503 without any that serves", async () => {
    const hasty = await openGateway(workers, { patienceMs: 100 });
    try {
      for (const worker of workers) worker.behave(refuse(429, "deal-busy"));
      const busy = await ask(hasty, "/run/7", { method: "POST", body: "x" });
      expect([busy.status, busy.code]).to.deep.equal([429, "deal-busy"]);
      expect(received()).to.have.length(2);
      for (const worker of workers) worker.behave(refuse(404, "deal-not-served"));
      const unserved = await ask(hasty, "/run/7");
      expect([unserved.status, unserved.code]).to.deep.equal([503, "no-worker-answered"]);
      expect(unserved.headers["retry-after"]).to.equal("1");
      hasty.workers.splice(0);
      expect((await ask(hasty, "/run/7")).code).to.equal("no-workers");
    } finally {
      await hasty.close();
    }
  });

  it("behavior: HEAD gives the headers without a body, also of an error", async () => {
    for (const worker of workers) worker.behave((_received, response) => respond(response, 200, "12345"));
    const head = await ask(gateway, "/run/7", { method: "HEAD" });
    expect([head.status, head.headers["content-length"], head.text]).to.deep.equal([200, "5", ""]);
    const wrong = await ask(gateway, "/run/x", { method: "HEAD" });
    expect([wrong.status, wrong.text]).to.deep.equal([400, ""]);
  });

  it("behavior: a host name is the deal's own origin, and must name its function", async () => {
    const named = await openGateway(workers, {}, { hostSuffix: "run.test" });
    try {
      const at = (host: string) => ask(named, "/x?y", { headers: { host } });
      const plain = await at("7.run.test:80");
      expect(plain.status).to.equal(200);
      expect(plain.headers).not.to.have.property("content-security-policy");
      expect((await at("echo-7.run.test")).status).to.equal(200);
      expect(received().map(({ url }) => url)).to.deep.equal([
        "/v1/deals/7/call/x?y",
        "/v1/deals/7/call/x?y",
      ]);
      const wrong = await at("eco-7.run.test");
      expect([wrong.status, wrong.code]).to.deep.equal([404, "function-name-wrong"]);
      expect(wrong.text).to.contain("echo-7");
    } finally {
      await named.close();
    }
  });
});
