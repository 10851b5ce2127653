import { request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { startGateway } from "../../src/gateway/gateway.ts";
import { testLog } from "../support/api.ts";
import { after, ask, echo, openGateway, startWorker, type TestGateway, type Worker } from "./support.ts";

describe("a gateway's choice of workers", () => {
  let workers: [Worker, Worker];
  let gateway: TestGateway;

  beforeEach(async () => {
    workers = [await startWorker(1), await startWorker(2)];
    gateway = await openGateway(workers);
  });
  afterEach(async () => {
    await gateway.close();
    await Promise.all(workers.map((worker) => worker.stop()));
  });

  it("default: a slow node gets few of the calls", async () => {
    workers[0].behave(after(40));
    for (let turn = 0; turn < 40; turn += 1) await ask(gateway, "/run/7", { method: "POST", body: "x" });
    expect(workers[0].calls.length).to.be.below(8);
  });

  it("behavior: asks a second node when the first is slow, and lets go of the loser", async () => {
    for (let turn = 0; turn < 40; turn += 1) await ask(gateway, "/run/7");
    let cancelled = 0;
    for (const worker of workers)
      worker.behave((received, response) => {
        const total = workers[0].calls.length + workers[1].calls.length;
        if (total % 2 === 0) {
          echo(received, response);
          return;
        }
        // The first of the two never answers.
        response.once("close", () => (cancelled += 1));
      });
    if ((workers[0].calls.length + workers[1].calls.length) % 2 === 1) await ask(gateway, "/run/7");
    const answer = await ask(gateway, "/run/7");
    expect([answer.status, answer.headers["millrace-attempts"]]).to.deep.equal([200, "2"]);
    await until(() => cancelled === 1);
    expect((await ask(gateway, "/metrics")).text).to.contain('millrace_gateway_hedges_total{won="yes"} 1');
  });

  it("behavior: never sends a call twice that must not run twice, however slow it is", async () => {
    for (let turn = 0; turn < 40; turn += 1) await ask(gateway, "/run/7");
    for (const worker of workers) {
      worker.calls.length = 0;
      worker.behave(after(300));
    }
    const answer = await ask(gateway, "/run/7", { method: "POST", body: "slow" });
    expect([answer.status, answer.headers["millrace-attempts"]]).to.deep.equal([200, "1"]);
    expect(workers[0].calls.length + workers[1].calls.length).to.equal(1);
  });

  it("behavior: a node that says it drains or is not ready gets no more calls", async () => {
    await ask(gateway, "/run/7");
    for (const status of [{ draining: true }, { draining: false, state: "warming" }]) {
      workers[0].say(status);
      // Until it is heard: no other sign of it exists.
      let inARow = 0;
      await until(async () => {
        inARow = (await ask(gateway, "/run/7")).headers["millrace-node"] === "2" ? inARow + 1 : 0;
        return inARow >= 20;
      });
    }
    workers[0].say({ state: "ready" });
    await until(async () => (await ask(gateway, "/run/7")).headers["millrace-node"] === "1");
  });

  it("behavior: a caller that goes away ends its call at the node", async () => {
    let [arrived, closed] = [0, 0];
    for (const worker of workers)
      worker.behave((_received, response) => {
        arrived += 1;
        response.once("close", () => (closed += 1));
      });
    const { hostname, port } = new URL(gateway.url);
    const outgoing = request({ hostname, port, path: "/run/7", method: "POST" });
    outgoing.on("error", () => undefined);
    outgoing.end("x");
    await until(() => arrived === 1);
    outgoing.destroy();
    await until(() => closed === 1);
    await until(async () => /calls_running 0/.test((await ask(gateway, "/metrics")).text));
    expect((await ask(gateway, "/metrics")).text).to.contain(
      'millrace_gateway_calls_total{outcome="aborted"} 1',
    );
  });

  it("behavior: a caller that is gone before its workers are known costs no node a call", async () => {
    const { promise: found, resolve } = Promise.withResolvers<undefined>();
    let wanted = 0;
    const slow = () => {
      wanted += 1;
      return found.then(() => workers);
    };
    const waiting = await startGateway({
      deals: { workers: slow, refresh: slow, size: () => 1, close: () => undefined },
      ...{ log: testLog, host: "127.0.0.1", port: 0, hostSuffix: undefined, allowPrivateNodes: true },
    });
    const { hostname, port } = new URL(waiting.url);
    const outgoing = request({ hostname, port, path: "/run/7", method: "POST" });
    outgoing.on("error", () => undefined);
    outgoing.end("x");
    await until(() => wanted === 1);
    outgoing.destroy();
    await delay(100);
    resolve(undefined);
    await until(async () => /calls_running 0/.test((await ask(waiting, "/metrics")).text));
    await waiting.close();
    expect(workers.flatMap(({ calls }) => calls)).to.deep.equal([]);
  });

  it("error: 429 with Retry-After beyond the deal's queue; other deals go on", async () => {
    const narrow = await openGateway(workers, { dealConcurrency: 1, dealQueue: 1 });
    try {
      const { promise: open, resolve } = Promise.withResolvers<undefined>();
      for (const worker of workers)
        worker.behave((received, response) => {
          if (received.url.startsWith("/v1/deals/7/")) void open.then(() => echo(received, response));
          else echo(received, response);
        });
      const first = ask(narrow, "/run/7", { method: "POST", body: "1" });
      await until(() => workers[0].calls.length + workers[1].calls.length === 1);
      const second = ask(narrow, "/run/7", { method: "POST", body: "2" });
      await until(async () => /calls_waiting 1/.test((await ask(narrow, "/metrics")).text));
      const third = await ask(narrow, "/run/7", { method: "POST", body: "3" });
      expect([third.status, third.code, third.headers["retry-after"]]).to.deep.equal([
        429,
        "deal-queue-full",
        "1",
      ]);
      expect((await ask(narrow, "/run/2")).status).to.equal(200);
      resolve(undefined);
      expect((await Promise.all([first, second])).map(({ text }) => text)).to.deep.equal(["1", "2"]);
    } finally {
      await narrow.close();
    }
  });

  it("behavior: a gateway that ends lets the calls that run end, and takes no others", async () => {
    const ending = await openGateway(workers);
    const { promise: open, resolve } = Promise.withResolvers<undefined>();
    for (const worker of workers)
      worker.behave((received, response) => void open.then(() => echo(received, response)));
    const running = ask(ending, "/run/7", { method: "POST", body: "last" });
    await until(() => workers[0].calls.length + workers[1].calls.length === 1);
    const closing = ending.close();
    const refused = await ask(ending, "/run/7").catch((error: unknown) => error);
    expect(refused).to.have.property("code", "ECONNREFUSED");
    resolve(undefined);
    expect((await running).text).to.equal("last");
    await closing;
  });

  it("behavior: keeps its connections to nodes", async () => {
    for (let turn = 0; turn < 30; turn += 1) await ask(gateway, "/run/7", { method: "POST", body: "x" });
    const open = (await workers[0].connections()) + (await workers[1].connections());
    expect(open).to.be.below(7);
  });
});

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error("not within 10 s");
    await delay(10);
  }
}
