import { expect } from "chai";
import fc from "fast-check";
import { varyPlaces, type Choosable } from "../../src/matcher/vary.ts";

const node = (id: number, maxAsk: bigint, provider: number, region = 4, country = 1): Choosable => ({
  ...{ node: id, maxAsk, provider, region, country },
});
const ids = (nodes: readonly Choosable[]) => nodes.map((each) => each.node);

describe("varyPlaces", () => {
  const offered = [
    node(1, 100n, 1),
    node(2, 101n, 1),
    node(3, 105n, 2, 4, 2),
    node(4, 110n, 3, 5),
    node(5, 120n, 4, 6),
  ];

  it("default: the cheapest first, if nothing dearer is tolerated", () => {
    expect(ids(varyPlaces(offered, { taken: [], wanted: 3, toleranceBps: 0 }))).to.deep.equal([
      1, 2, 3, 4, 5,
    ]);
  });

  it("behavior: within the tolerance another provider, then another region, then another country", () => {
    const vary = (taken: readonly Choosable[]) =>
      ids(varyPlaces(offered, { taken, wanted: 3, toleranceBps: 1_000 }));
    // Node 2 is of node 1's provider; node 4 is elsewhere; node 5 is dearer than the cheapest left allows.
    expect(vary([])).to.deep.equal([1, 4, 3, 2, 5]);
    expect(vary([node(9, 1n, 1), node(8, 1n, 3, 5)])).to.deep.equal([3, 4, 1, 2, 5]);
  });

  it("behavior: whatever is chosen, no challenge stands against it; nobody is lost", () => {
    const any = fc.record({
      node: fc.nat(),
      maxAsk: fc.bigInt({ min: 1n, max: 1_000n }),
      provider: fc.nat(3),
      region: fc.nat(2),
      country: fc.nat(2),
    });
    fc.assert(
      fc.property(
        fc.array(any, { maxLength: 12 }),
        fc.nat(6),
        fc.nat(10_000),
        (nodes, wanted, toleranceBps) => {
          const sorted = nodes.toSorted((a, b) => Number(a.maxAsk - b.maxAsk));
          const order = varyPlaces(sorted, { taken: [], wanted, toleranceBps });
          expect(order).to.have.members(sorted);
          for (const chosen of order.slice(0, wanted))
            for (const { maxAsk } of order.slice(wanted))
              expect(maxAsk * BigInt(10_000 + toleranceBps) >= chosen.maxAsk * 10_000n).to.equal(true);
        },
      ),
    );
  });
});
