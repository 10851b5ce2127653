import { randomInt } from "node:crypto";
import { openReplay, verifyStep } from "@millrace/machine";
import { prepare } from "@millrace/machine/prepare";
import { expect } from "chai";
import { replay, runNatively } from "../../../machine/test/paths/run-input.ts";
import "../../../machine/test/seed.ts";
import { encodeCall, openScript, runtimeWasm } from "./support/script.ts";

const MAX_PAGES = 1_024;
const PLENTY = 2n ** 40n;

/** Shows whatever could differ from one call to the next. */
const changing = `
const atLoad = [Math.random(), Date.now()];
export default async () => {
  const numbers = crypto.getRandomValues(new Uint32Array(2));
  const before = performance.now();
  await new Promise((done) => setTimeout(done, 1500));
  return Response.json({
    atLoad, math: [Math.random(), Math.random()], numbers: [...numbers], uuid: crypto.randomUUID(),
    date: new Date(), elapsed: performance.now() - before, early: before, origin: performance.timeOrigin,
  });
};`;

interface Seen {
  atLoad: number[];
  math: number[];
  numbers: number[];
  uuid: string;
  date: string;
  elapsed: number;
  early: number;
  origin: number;
}

const example = `
export default { async fetch(request, env) {
  const orders = await request.json();
  const totals = new Map();
  for (const { item, amount } of orders) totals.set(item, (totals.get(item) ?? 0) + amount * 1.19);
  const key = new TextEncoder().encode([...totals].map(([item, sum]) => item + "=" + sum.toFixed(2)).join("&"));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", key));
  const url = new URL(request.url);
  console.log("orders", orders.length, url.searchParams.get("shop"), Math.random());
  await new Promise((done) => setTimeout(done, 5));
  if (orders.length === 0) throw new RangeError("no orders");
  return Response.json({ totals: Object.fromEntries(totals), hash: [...hash], words: "b a c".split(" ").toSorted(), at: new Date(), weird: [NaN + 1, 1 / 3, -0, 2 ** 70] });
} };`;

const orders = JSON.stringify(
  Array.from({ length: 40 }, (_, at) => ({ item: `i${at % 7}`, amount: at / 3 })),
);

describe("calls of a script", function () {
  this.timeout(120_000);

  it("are the same for the same input", () => {
    const [one, other] = [openScript(changing), openScript(changing)];
    expect(one()).to.deep.equal(other());
    expect(one()).to.deep.equal(other());
  });

  it("have time and randomness of their own, and none from when the runtime was built", () => {
    const call = openScript(changing);
    const read = (acceptedAtMs: number, seed: number) =>
      JSON.parse(call({ acceptedAtMs, seed: new Uint8Array(32).fill(seed) }).text) as Seen;
    const [first, second] = [read(1_000_000, 1), read(2_000_000_000_000, 2)];
    for (const key of ["math", "numbers", "uuid"] as const)
      expect(first[key], key).not.to.deep.equal(second[key]);
    expect(first.atLoad[0]).not.to.equal(second.atLoad[0]);
    expect(new Set([...first.math, ...second.math]).size).to.equal(4);
    expect(first.atLoad[1]).to.equal(1_000_000);
    expect(second.atLoad[1]).to.equal(2_000_000_000_000);
    expect(Date.parse(first.date)).to.equal(1_001_500);
    expect(Date.parse(second.date)).to.equal(2_000_000_001_500);
    expect(first.elapsed).to.be.within(1_500, 1_501);
    expect(first.early).to.be.within(0, 2);
    expect(first.origin).to.be.within(999_999, 1_000_001);
    // The seed alone, with the same time.
    expect(read(1_000_000, 3).math).not.to.deep.equal(first.math);
    expect(read(1_000_000, 3).date).to.equal(first.date);
  });

  it("end the same natively and in the interpreter, and every step can be proven", () => {
    const script = new TextEncoder().encode(example);
    const prepared = prepare(runtimeWasm, { maxPages: MAX_PAGES, script });
    for (const body of [orders, "[]", "no JSON"]) {
      const input = encodeCall({ path: "/?shop=x", body });
      const native = runNatively({ prepared, input, fuel: PLENTY });
      expect(replay({ prepared, input, fuel: PLENTY }).result, body).to.deep.equal(native);
      expect(native.exitCode, body).to.equal(body === orders ? 0 : 1);
      const fuel = native.fuelUsed / 2n;
      const half = runNatively({ prepared, input, fuel });
      expect(half).to.include({ status: 10, fuelUsed: fuel });
      expect(replay({ prepared, input, fuel }).result).to.deep.equal(half);
    }
    const run = openReplay({ program: prepared.program, input: encodeCall({ body: orders }), fuel: PLENTY });
    const { steps } = run.end();
    for (const step of [0, steps - 1, ...Array.from({ length: 10 }, () => randomInt(steps))])
      expect(
        verifyStep({ fixed: run.fixed, stateHash: run.stateHashAt(step), witness: run.witnessAt(step) }),
        `step ${step}`,
      ).to.deep.equal(run.stateHashAt(step + 1));
  });
});
