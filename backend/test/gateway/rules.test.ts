import { setTimeout as delay } from "node:timers/promises";
import { MillraceError } from "@millrace/sdk";
import { expect } from "chai";
import fc from "fast-check";
import { chooseOfTwo, createPeakAverage } from "../../src/gateway/balance.ts";
import { createDealLimiter } from "../../src/gateway/dealLimiter.ts";
import { headersForCaller } from "../../src/gateway/headers.ts";
import { createHedging } from "../../src/gateway/hedging.ts";
import { openNodeLink } from "../../src/gateway/nodeLink.ts";
import type { CallRoute } from "../../src/gateway/route.ts";
import { isPrivate } from "../../src/publicAddress.ts";

describe("createPeakAverage", () => {
  it("default: follows a peak at once and faster answers slowly", () => {
    const average = createPeakAverage(1_000);
    expect(average.estimate(5)).to.equal(0);
    average.observe(10, 1_000);
    expect(average.estimate(1_000)).to.equal(10);
    average.observe(500, 1_001);
    expect(average.estimate(1_001)).to.equal(500);
    average.observe(10, 1_002);
    expect(average.estimate(1_002)).to.be.within(490, 500);
  });

  it("behavior: sinks while nobody looks, so that a slow worker is tried again", () => {
    const average = createPeakAverage(1_000);
    average.observe(500, 1);
    expect(average.estimate(5_001)).to.be.below(5);
  });
});

describe("headersForCaller", () => {
  const headers = {
    "set-cookie": ["a=1; Path=/", "b=2; Domain=.example.org"],
    "clear-site-data": "*",
    "x-own": "1",
    connection: "close",
    "millrace-node": "9",
    "strict-transport-security": "max-age=1",
  };
  const namesFor = (ownOrigin: boolean) => {
    const flat = headersForCaller(headers, { node: 1, requestId: "r", attempts: 1 }, {
      ownOrigin,
    } as CallRoute);
    return flat
      .filter((_value, index) => index % 2 === 0)
      .concat(flat.filter((value) => /^[ab]=/.test(value)));
  };

  it("default: under a shared host an answer sets nothing that is the host's", () => {
    const names = namesFor(false);
    expect(names).to.include.members(["x-own", "millrace-node", "content-security-policy"]);
    expect(names).not.to.include.oneOf([
      "set-cookie",
      "clear-site-data",
      "connection",
      "strict-transport-security",
    ]);
  });

  it("behavior: under a host of its own it does, but for cookies of the parent domain and the connection", () => {
    const names = namesFor(true);
    expect(names).to.include.members(["x-own", "set-cookie", "clear-site-data", "a=1; Path=/"]);
    expect(names).not.to.include.oneOf([
      "connection",
      "strict-transport-security",
      "b=2; Domain=.example.org",
    ]);
    expect(names.filter((name) => name === "millrace-node")).to.have.length(1);
  });

  it("behavior: what the node's own connection names goes no further", () => {
    const said = { connection: "X-Hop, close", "x-hop": "1", "x-own": "1" };
    const names = headersForCaller(said, { node: 1, requestId: "r", attempts: 1 }, {
      ownOrigin: true,
    } as CallRoute);
    expect(names).to.include("x-own").and.not.to.include("x-hop");
  });
});

describe("chooseOfTwo", () => {
  it("default: never the dearest of several, and every other one at times", () => {
    const seen = new Set<number | undefined>();
    for (let turn = 0; turn < 500; turn += 1) seen.add(chooseOfTwo([1, 2, 3, 4], (cost) => cost));
    expect([...seen].sort()).to.deep.equal([1, 2, 3]);
  });

  it("behavior: one of one, none of none", () => {
    expect(chooseOfTwo([9], (cost) => cost)).to.equal(9);
    expect(chooseOfTwo<number>([], () => 0)).to.equal(undefined);
  });

  it("behavior: draws two different ones whatever the dice say", () => {
    const dice = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 9 }), dice, dice, (count, a, b) => {
        const throws = [a, b];
        const drawn: number[] = [];
        const candidates = Array.from({ length: count }, (_, index) => index);
        chooseOfTwo(
          candidates,
          (index) => drawn.push(index),
          () => throws.shift() ?? 0,
        );
        expect(new Set(drawn).size).to.equal(2);
      }),
    );
  });
});

describe("createHedging", () => {
  it("default: waits near the 95th percentile once it knows the deal", () => {
    const hedging = createHedging();
    expect(hedging.delayMs()).to.equal(500);
    for (let call = 1; call <= 100; call += 1) hedging.observe(call);
    expect(hedging.delayMs()).to.be.within(88, 97);
  });

  it("behavior: at most a tenth of the calls in the long run", () => {
    const hedging = createHedging();
    let taken = 0;
    for (let call = 0; call < 1_000; call += 1) {
      hedging.observe(1);
      if (hedging.take()) taken += 1;
    }
    expect(taken).to.be.within(90, 112);
  });
});

describe("createDealLimiter", () => {
  const signal = new AbortController().signal;

  it("default: lets calls in up to the limit, then one for each that leaves", async () => {
    const limiter = createDealLimiter({ concurrency: 2, queue: 2, patienceMs: 10_000 });
    const first = await limiter.enter(1n, signal);
    await limiter.enter(1n, signal);
    await limiter.enter(2n, signal); // another deal has its own places
    const order: string[] = [];
    const third = limiter.enter(1n, signal).then(() => order.push("third"));
    const fourth = limiter.enter(1n, signal).then(() => order.push("fourth"));
    expect([limiter.running(), limiter.waiting()]).to.deep.equal([3, 2]);
    await codeOf(limiter.enter(1n, signal), "deal-queue-full");
    expect(order).to.deep.equal([]);
    first();
    await third;
    expect(order).to.deep.equal(["third"]);
    (await limiter.enter(3n, signal))();
    expect(limiter.waiting()).to.equal(1);
    void fourth;
  });

  it("error: deal-queue-slow; and who is gone leaves the queue", async () => {
    const limiter = createDealLimiter({ concurrency: 1, queue: 5, patienceMs: 20 });
    const leave = await limiter.enter(1n, signal);
    await codeOf(limiter.enter(1n, signal), "deal-queue-slow");
    const gone = new AbortController();
    const waiting = limiter.enter(1n, gone.signal).catch((error: unknown) => error);
    gone.abort(new Error("gone"));
    expect(await waiting).to.have.property("message", "gone");
    expect(limiter.waiting()).to.equal(0);
    leave();
    expect(limiter.running()).to.equal(0);
    (await limiter.enter(1n, signal))();
    await delay(0);
  });
});

describe("openNodeLink", () => {
  const limits = { connectMs: 100, answerMs: 100, allowPrivate: false };

  it("default: a public name, an address or a path below it", async () => {
    for (const endpoint of [
      "https://node.example.org",
      "http://93.184.216.34:9001/a/b",
      "http://[2606:4700::1]",
    ]) {
      const link = openNodeLink({ node: 1, endpoint }, limits);
      expect(link?.endpoint).to.equal(endpoint);
      await link?.pool.destroy();
    }
  });

  it("behavior: no endpoint that leads into the gateway's own network, or that hides the path", () => {
    const bad = [
      "http://127.0.0.1",
      "http://10.1.2.3",
      "http://169.254.169.254/latest",
      "http://[::1]",
      "http://0",
    ];
    bad.push(
      "http://[::ffff:127.0.0.1]",
      "http://2130706433",
      "file:///etc",
      "nonsense",
      "http://u:p@93.184.216.34",
    );
    bad.push("http://93.184.216.34/?path=", "http://93.184.216.34/#");
    // The last one ends in a bare "#", which URL drops: it is harmless and stays callable.
    for (const endpoint of bad.slice(0, -1))
      expect(openNodeLink({ node: 1, endpoint }, limits), endpoint).to.equal(undefined);
  });

  it("behavior: a name that leads to a private address is not connected to", async () => {
    const link = openNodeLink({ node: 1, endpoint: "http://localhost:9" }, limits);
    const outcome = await link?.pool.request({ method: "GET", path: "/" }).catch((error: unknown) => error);
    expect(outcome).to.have.property("message", "localhost has no public address");
    await link?.pool.destroy();
  });

  it("behavior: knows private addresses of both families", () => {
    for (const address of [
      "192.168.1.1",
      "172.31.0.1",
      "100.64.0.1",
      "::",
      "fd00::1",
      "fe80::1",
      "::ffff:10.0.0.1",
    ])
      expect(isPrivate(address), address).to.equal(true);
    for (const address of ["172.32.0.1", "1.1.1.1", "2606:4700::1111"])
      expect(isPrivate(address), address).to.equal(false);
  });
});

async function codeOf(promise: Promise<unknown>, code: string): Promise<void> {
  const error = await promise.catch((reason: unknown) => reason);
  expect(error).to.be.instanceOf(MillraceError);
  expect(error).to.have.property("code", code);
}
