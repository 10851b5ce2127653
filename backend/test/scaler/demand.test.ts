import { expect } from "chai";
import fc from "fast-check";
import { createDemand, type DemandRules } from "../../src/scaler/demand.ts";

const rules: DemandRules = { upCalls: 8, upAfterMs: 30_000, downCalls: 2, downAfterMs: 300_000 };
const stepMs = 1_000;

/** The first number of workers that a course of loads (one a second) asks for, and when. */
function watch(
  loads: Iterable<number | undefined>,
  targetWorkers: number,
): { wanted: number; afterMs: number } | undefined {
  const demand = createDemand(rules);
  let nowMs = 5_000;
  for (const load of loads) {
    const wanted = demand.look({ nowMs, load, atLeast: load ?? 0, targetWorkers });
    if (wanted !== undefined) return { wanted, afterMs: nowMs - 5_000 };
    nowMs += stepMs;
  }
  return undefined;
}

const steady = (load: number | undefined, seconds: number) => Array<number | undefined>(seconds).fill(load);

describe("createDemand", () => {
  it("default: load that lasts asks for as many workers as bear it, all at once", () => {
    expect(watch(steady(40, 60), 2)).to.deep.equal({ wanted: 6, afterMs: 30_000 });
    expect(watch(steady(16, 60), 2), "just as much as two bear").to.deep.equal({
      wanted: 3,
      afterMs: 30_000,
    });
    expect(watch(steady(15, 600), 2)).to.equal(undefined);
  });

  it("default: idleness that lasts asks for as few as the most of that time needs", () => {
    expect(watch(steady(0, 600), 3)).to.deep.equal({ wanted: 1, afterMs: 300_000 });
    expect(watch(steady(3, 600), 3)).to.deep.equal({ wanted: 2, afterMs: 300_000 });
    expect(watch(steady(4.5, 600), 3), "three are needed for more than four").to.equal(undefined);
  });

  it("behavior: a peak is no load, and starts the time of idleness anew only if fewer would not bear it", () => {
    const peaks = Array.from({ length: 600 }, (_, second) => (second % 60 < 3 ? 30 : 1));
    expect(watch(peaks, 3)).to.equal(undefined);
    const quiet = [...steady(0, 200), ...steady(3, 30), ...steady(0, 200)];
    expect(watch(quiet, 3)).to.deep.equal({ wanted: 2, afterMs: 300_000 });
    const burst = [...steady(0, 200), ...steady(9, 30), ...steady(0, 250)];
    expect(watch(burst, 3), "seen for 250 s since the burst").to.equal(undefined);
  });

  it("behavior: what fades away after the load is gone needs no worker", () => {
    const gone = [...steady(23, 100), ...steady(0, 400)];
    expect(watch(gone, 3)?.wanted).to.equal(1);
  });

  it("behavior: a gap between calls is not the end of load", () => {
    const gaps = Array.from({ length: 60 }, (_, second) => (second % 10 === 9 ? 0 : 40));
    expect(watch(gaps, 3)?.wanted).to.be.greaterThan(3);
  });

  it("behavior: while a gateway is silent nothing is lowered, but what the others count can raise", () => {
    expect(watch(steady(undefined, 900), 3)).to.equal(undefined);
    const demand = createDemand(rules);
    let wanted: number | undefined;
    for (let nowMs = 0; wanted === undefined && nowMs < 60_000; nowMs += stepMs)
      wanted = demand.look({ nowMs, load: undefined, atLeast: 40, targetWorkers: 2 });
    expect(wanted).to.equal(6);
  });

  it("behavior: what it asks for is never followed by the opposite under the same load", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 200, noNaN: true }),
        fc.integer({ min: 1, max: 32 }),
        (load, target) => {
          const first = watch(steady(load, 700), target);
          if (first === undefined) return;
          expect(first.wanted).not.to.equal(target);
          const second = watch(steady(load, 700), first.wanted);
          if (second === undefined) return;
          // A raise that was more than was needed may shrink, but not below where it began.
          expect(second.wanted > target, `${target} to ${first.wanted} to ${second.wanted}`).to.equal(
            first.wanted > target,
          );
        },
      ),
    );
  });
});
