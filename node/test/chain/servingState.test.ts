import { expect } from "chai";
import fc from "fast-check";
import { type DealView, servingState, type WorkerView } from "../../src/chain/servingState.ts";
import { useRunSeed } from "../support/seed.ts";

const forever = 2n ** 256n - 1n;
const worker = (lastEpoch = 0, firstEpoch = 11): WorkerView => ({ firstEpoch, lastEpoch });
const view = (deal: Partial<DealView["deal"]> = {}, fundedThroughEpoch = forever): DealView => ({
  deal: { settledEpoch: 10, insolventSince: 0, endEpoch: 0, ...deal },
  fundedThroughEpoch,
});
const serves = (...parameters: Parameters<typeof servingState>) => servingState(...parameters).serves;
const cause = (...parameters: Parameters<typeof servingState>) => {
  const state = servingState(...parameters);
  return state.serves ? undefined : state.cause;
};

describe("servingState", () => {
  useRunSeed();

  it("default: serves from the assignment on, before the first epoch it earns in", () => {
    expect(serves(worker(0, 11), view(), 10)).to.equal(true);
    expect(serves(worker(0, 11), view(), 11)).to.equal(true);
  });

  it("behavior: no worker, no deal", () => {
    expect(cause(undefined, view(), 10)).to.equal("not-assigned");
    expect(cause(worker(), undefined, 10)).to.equal("not-assigned");
    expect(cause(worker(0, 0), view(), 10)).to.equal("not-assigned");
  });

  it("behavior: an ended worker serves through its last epoch", () => {
    expect(serves(worker(12), view(), 12)).to.equal(true);
    expect(cause(worker(12), view(), 13)).to.equal("assignment-ended");
  });

  it("behavior: a stopped deal is served through its last epoch", () => {
    expect(serves(worker(), view({ endEpoch: 10 }), 10)).to.equal(true);
    expect(cause(worker(), view({ endEpoch: 10 }), 11)).to.equal("deal-ended");
  });

  it("behavior: an insolvent deal is served in its funded epochs only and resumes after a top-up", () => {
    const insolvent = view({ insolventSince: 9 }, 8n);
    expect(serves(worker(), insolvent, 8)).to.equal(true);
    expect(cause(worker(), insolvent, 9)).to.equal("insolvent");
    expect(cause(worker(), insolvent, 11)).to.equal("insolvent");
    const toppedUp = view({ insolventSince: 9 }, 12n);
    expect(cause(worker(), toppedUp, 10)).to.equal("insolvent");
    expect(serves(worker(), toppedUp, 11)).to.equal(true);
    expect(cause(worker(), toppedUp, 13)).to.equal("insolvent");
    const funded = view({ settledEpoch: 11 }, 12n);
    expect(serves(worker(), funded, 11)).to.equal(true);
  });

  it("behavior: out of the chain's reach it serves until what it knows says the money ends", () => {
    const known = view({}, 12n);
    expect(serves(worker(), known, 12)).to.equal(true);
    expect(cause(worker(), known, 13)).to.equal("insolvent");
  });

  it("behavior: only insolvency can pass without a new assignment", () => {
    const state = servingState(worker(), view({ insolventSince: 9 }, 8n), 10);
    expect(state).to.include({ serves: false, over: false });
    expect(servingState(worker(9), view(), 10)).to.include({ serves: false, over: true });
  });

  it("behavior: without a top-up, once stopped it stays stopped", () => {
    const epochs = fc.integer({ min: 0, max: 40 });
    const property = fc.property(
      epochs,
      epochs,
      epochs,
      epochs,
      epochs,
      (last, end, since, through, epoch) => {
        const deal = view(
          { endEpoch: end, insolventSince: since > 10 ? 0 : since },
          BigInt(since > 10 || since === 0 ? Math.max(10, through) : 9),
        );
        const now = servingState(worker(last), deal, epoch);
        const next = servingState(worker(last), deal, epoch + 1);
        expect(!now.serves && next.serves).to.equal(false);
      },
    );
    fc.assert(property);
  });

  it("behavior: never serves after either end or in an unfunded epoch", () => {
    const epochs = fc.integer({ min: 0, max: 40 });
    const property = fc.property(
      epochs,
      epochs,
      epochs,
      epochs,
      epochs,
      (last, end, since, through, epoch) => {
        const deal = view({ endEpoch: end, insolventSince: since }, BigInt(through));
        if (!servingState(worker(last), deal, epoch).serves) return;
        expect(last === 0 || epoch <= last).to.equal(true);
        expect(end === 0 || epoch <= end).to.equal(true);
        expect(epoch <= 10 ? since === 0 || epoch < since : epoch <= through).to.equal(true);
      },
    );
    fc.assert(property);
  });
});
