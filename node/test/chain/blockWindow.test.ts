import { expect } from "chai";
import fc from "fast-check";
import type { Hex } from "viem";
import { type BlockWindow, findCommonAncestor, pushBlock, truncate } from "../../src/chain/blockWindow.ts";
import { useRunSeed } from "../support/seed.ts";

const size = 8;
const hash = (height: number, fork: number): Hex => `0x${height.toString(16)}f${fork.toString(16)}`;

describe("blockWindow", () => {
  useRunSeed();

  it("default: the newest block that still stands is the common ancestor, whatever reorgs came before", async () => {
    // A step looks at the chain after it lost `depth` blocks and gained `grown` new ones.
    const steps = fc.array(fc.record({ depth: fc.nat(5), grown: fc.integer({ min: 1, max: 6 }) }), {
      maxLength: 30,
    });
    const property = fc.asyncProperty(steps, async (history) => {
      let chain: Hex[] = [hash(0, 0)];
      let window: BlockWindow = [];
      for (const [fork, { depth, grown }] of history.entries()) {
        const kept = chain.slice(0, Math.max(1, chain.length - depth));
        const added = Array.from({ length: grown }, (_, index) => hash(kept.length + index, fork + 1));
        const stood = window.filter(({ number, hash: seen }) => kept[Number(number)] === seen);
        chain = [...kept, ...added];
        const ancestor = await findCommonAncestor(window, (number) => Promise.resolve(chain[Number(number)]));
        expect(ancestor).to.deep.equal(stood.at(-1));
        const head = chain.length - 1;
        window = pushBlock(
          truncate(window, ancestor?.number ?? -1n),
          { number: BigInt(head), hash: chain[head] ?? "0x" },
          size,
        );
        expect(window.every(({ number, hash: seen }) => chain[Number(number)] === seen)).to.equal(true);
        expect(window.length).to.be.at.most(size);
      }
    });
    await fc.assert(property);
  });

  it("behavior: a block replaces whatever stood at its height or above", () => {
    let window: BlockWindow = [];
    for (const height of [1, 2, 3])
      window = pushBlock(window, { number: BigInt(height), hash: hash(height, 0) }, size);
    window = pushBlock(window, { number: 2n, hash: hash(2, 1) }, size);
    expect(window.map(({ hash: seen }) => seen)).to.deep.equal([hash(1, 0), hash(2, 1)]);
  });

  it("behavior: nothing in common is undefined", async () => {
    const window = pushBlock([], { number: 1n, hash: hash(1, 0) }, size);
    expect(await findCommonAncestor(window, () => Promise.resolve(undefined))).to.equal(undefined);
  });
});
