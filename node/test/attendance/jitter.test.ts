import { expect } from "chai";
import fc from "fast-check";
import { attendDelayMs } from "../../src/attendance/jitter.ts";
import { useRunSeed } from "../support/seed.ts";

describe("attendDelayMs", () => {
  useRunSeed();

  it("default: below a tenth of the epoch and below a minute, the same every time", () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 2 ** 32 - 1 }),
      fc.integer({ min: 1, max: 86_400 }),
      (node, epoch) => {
        const delay = attendDelayMs(node, epoch);
        expect(delay)
          .to.be.at.least(0)
          .and.below(Math.min(epoch * 100, 60_000));
        expect(attendDelayMs(node, epoch)).to.equal(delay);
      },
    );
    fc.assert(property);
  });

  it("behavior: spreads consecutive nodes over the whole span", () => {
    const delays = Array.from({ length: 100 }, (_, index) => attendDelayMs(index + 1, 3600));
    for (const tenth of Array.from({ length: 10 }, (_, index) => index)) {
      expect(
        delays.some((delay) => Math.floor(delay / 6_000) === tenth),
        `tenth ${tenth}`,
      ).to.equal(true);
    }
  });
});
