import type { Api, Chain } from "@millrace/sdk";
import { expect } from "chai";
import { chooseTerms } from "../src/deal/market.ts";
import { termOptions, type TermValues } from "../src/deal/terms.ts";

const token = { symbol: "tUSD", address: "0x00000000000000000000000000000000000000aa", decimals: 6 } as const;
const chain = { deployment: { paymentTokens: [token] } } as unknown as Chain;
const cid = `bafkrei${"a".repeat(52)}`;
const attributes = {
  ...{ regionGroup: "europe", country: "DE", hardwareClass: "server" },
  ...{ cores: 8, memoryGiB: 16, bandwidthMbps: 100 },
};
const page = <T>(items: T[]) => Promise.resolve({ asOfBlock: 1, finalizedBlock: 1, items, next: null });

/** What two lists of a backend would hold: per node its provider and ask. */
function marketOf(nodes: [provider: number, ask: string][]): () => Promise<Api> {
  const rows = nodes.map(([provider, askPerUnitEpoch], index) => ({
    id: index + 1,
    provider,
    askPerUnitEpoch,
  }));
  const api = {
    nodes: () =>
      page(
        rows.map(({ id, provider }) => ({ id, provider, retired: false, attributes, furtherAttributes: {} })),
      ),
    offers: () =>
      page(rows.map(({ id, askPerUnitEpoch }) => ({ node: id, on: true, freeUnits: 4, askPerUnitEpoch }))),
  };
  return () => Promise.resolve(api as unknown as Api);
}

/** What the options are if nobody gives any, with changes. */
function valuesOf(changes: Partial<TermValues>): TermValues {
  const absent = Object.entries(termOptions).map(([name, option]) => [name, option.absent]);
  return { ...(Object.fromEntries(absent) as TermValues), ...changes };
}
const limitFor = async (nodes: [number, string][], changes: Partial<TermValues> = {}) =>
  (await chooseTerms(chain, marketOf(nodes), valuesOf(changes), cid)).terms.priceLimit;

describe("the limit that is proposed", () => {
  it("default: 1.5 times the highest ask of the cheapest that are enough", async () => {
    expect(
      await limitFor([
        [1, "3000"],
        [2, "1000"],
        [3, "2000"],
      ]),
    ).to.equal(3_000n);
  });

  it("behavior: a provider counts no more often than it may work for the deal", async () => {
    const market: [number, string][] = [
      [1, "1000"],
      [1, "1000"],
      [2, "9000"],
    ];
    expect(await limitFor(market)).to.equal(13_500n);
    expect(await limitFor(market, { perProvider: 2 })).to.equal(1_500n);
  });
});
