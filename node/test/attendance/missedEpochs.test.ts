import { expect } from "chai";
import fc from "fast-check";
import { lastAttended } from "../../src/attendance/missedEpochs.ts";
import { useRunSeed } from "../support/seed.ts";

/** Bitmaps of 256 epochs, newest first, from a set of epochs. */
function wordsOf(epochs: ReadonlySet<number>, newestWord: number): bigint[] {
  return Array.from({ length: newestWord + 1 }, (_, index) => {
    const first = (newestWord - index) * 256;
    const bits = [...epochs].filter((epoch) => epoch >= first && epoch < first + 256);
    return bits.reduce((word, epoch) => word | (1n << BigInt(epoch - first)), 0n);
  });
}

describe("lastAttended", () => {
  useRunSeed();

  it("default: the newest epoch up to the present one", () => {
    expect(lastAttended(wordsOf(new Set([3, 255, 257]), 1), 1, 300)).to.equal(257);
    expect(lastAttended(wordsOf(new Set([3, 255, 257]), 1), 1, 256)).to.equal(255);
  });

  it("behavior: never attended", () => {
    expect(lastAttended([0n, 0n], 1, 300)).to.equal(undefined);
  });

  it("behavior: any history", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(1_000)), fc.nat(1_000), (list, epoch) => {
        const past = list.filter((each) => each <= epoch);
        const expected = past.length === 0 ? undefined : Math.max(...past);
        const newestWord = Math.floor(epoch / 256);
        expect(lastAttended(wordsOf(new Set(list), newestWord), newestWord, epoch)).to.equal(expected);
      }),
    );
  });
});
