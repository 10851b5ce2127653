import type { Terms } from "@millrace/sdk";
import { expect } from "chai";
import { lowerTo, raiseWithin, type ScaledDeal } from "../../src/scaler/limits.ts";

/** A worker costs 200 at most, and 50 of tip. */
const terms = { priceLimit: 100n, unitsPerWorker: 2, tipPerWorker: 50n, maxWorkers: 8 } as Terms;
const deal = (changes: Partial<ScaledDeal> = {}): ScaledDeal => ({
  ...{ terms, targetWorkers: 2, workers: 2, balance: 10n ** 9n, reservedEpochs: 3, capPerEpoch: 10n ** 9n },
  ...changes,
});

describe("raiseWithin", () => {
  it("default: what the load asks for, if nothing stands in the way", () => {
    expect(raiseWithin(deal(), 5)).to.deep.equal({ target: 5, bound: undefined });
  });

  it("behavior: as far as the terms, the cap and the balance go, each to the last unit", () => {
    expect(raiseWithin(deal(), 9)).to.deep.equal({ target: 8, bound: "maxWorkers" });
    expect(raiseWithin(deal({ capPerEpoch: 1_000n }), 5)).to.deep.equal({ target: 4, bound: "cap" });
    expect(raiseWithin(deal({ capPerEpoch: 999n }), 5)).to.deep.equal({ target: 3, bound: "cap" });
    expect(raiseWithin(deal({ balance: 2_500n }), 5)).to.deep.equal({ target: 4, bound: "balance" });
    expect(raiseWithin(deal({ balance: 2_499n }), 5)).to.deep.equal({ target: 3, bound: "balance" });
  });

  it("behavior: never below the present target", () => {
    expect(raiseWithin(deal({ capPerEpoch: 0n }), 5)).to.deep.equal({ target: 2, bound: "cap" });
    expect(raiseWithin(deal({ targetWorkers: 12 }), 13)).to.deep.equal({ target: 12, bound: "maxWorkers" });
  });
});

describe("lowerTo", () => {
  const worker = (node: number, pricePerUnitEpoch: bigint, firstEpoch = 5) => ({
    ...{ node, pricePerUnitEpoch, firstEpoch },
  });
  const workers = [worker(1, 100n), worker(2, 90n), worker(3, 100n, 6), worker(4, 80n)];

  it("default: dismisses the dearest, among equals the newest", () => {
    const down = (wanted: number) => lowerTo(workers, { wanted, minWorkers: 1, epoch: 6 });
    expect(down(3)).to.deep.equal({ target: 3, dismissed: [3] });
    expect(down(1)).to.deep.equal({ target: 1, dismissed: [3, 1, 2] });
  });

  it("behavior: not below the terms' minimum, and nobody before its first epoch", () => {
    expect(lowerTo(workers, { wanted: 1, minWorkers: 3, epoch: 6 }).target).to.equal(3);
    expect(lowerTo(workers, { wanted: 1, minWorkers: 1, epoch: 5 })).to.deep.equal({
      ...{ target: 1, dismissed: [1, 2, 4] },
    });
    expect(lowerTo(workers, { wanted: 1, minWorkers: 1, epoch: 4 })).to.deep.equal({
      target: 4,
      dismissed: [],
    });
  });

  it("behavior: a target without workers needs nobody dismissed", () => {
    expect(lowerTo([worker(1, 1n)], { wanted: 2, minWorkers: 1, epoch: 9 })).to.deep.equal({
      ...{ target: 2, dismissed: [] },
    });
  });
});
