import { dealEventWords, type EventContext } from "@millrace/sdk";
import { expect } from "chai";
import { zeroAddress } from "viem";
import { endCauses, type EndCauseName } from "../src/api/schemas/names.ts";

const terms = {
  paymentToken: zeroAddress,
  priceLimit: 2_000n,
  minimumAsk: 0n,
  unitsPerWorker: 1,
  maxWorkersPerProvider: 1,
};
const context: EventContext = {
  terms,
  token: { symbol: "tUSD", decimals: 6 },
  decidedThrough: 5,
};

describe("dealEventWords", () => {
  const ended = (cause: EndCauseName) => {
    const number = endCauses.indexOf(cause) + 1;
    const args = { deal: 1n, node: 3, cause: number, lastEpoch: 9 };
    return dealEventWords.WorkerEnded(args, context);
  };

  it("behavior: an eviction says what was missed; it is no routine", () => {
    expect(ended("evicted")).to.deep.equal({
      sentence: "Node 3 was evicted: it missed too many epochs in a row. Its last epoch is 9.",
    });
  });

  it("behavior: a slash says what the provider stands to lose and who gets what", () => {
    const args = { deal: 1n, node: 3, slash: 4n, slashedBps: 100, amount: 50n * 10n ** 18n };
    expect(dealEventWords.WorkerSlashed(args, context)).to.deep.equal({
      sentence:
        "The provider of node 3 was slashed by 50 MILL (slash 4). If it is not vetoed, 40 % of that is the owner's.",
    });
  });

  it("behavior: every way to end has words of its own", () => {
    const sentences = endCauses.map((cause) => ended(cause).sentence);
    expect(new Set(sentences).size).to.equal(endCauses.length);
    for (const cause of ["leftInsolvent", "dealEnded"] as const)
      expect(ended(cause).sentence).not.to.include(cause);
    expect(ended("dismissed").sentence).to.equal("Node 3 was dismissed by the owner. Its last epoch is 9.");
  });

  it("behavior: a match's reason not to take a node has the deal's figures, where they are known", () => {
    const skipped = { deal: 1n, node: 3, refusal: 5 };
    const { NodeSkipped } = dealEventWords;
    expect(NodeSkipped(skipped, context)).to.deep.equal({
      sentence: "A match passed over node 3: it asks more than the limit of 0.002 tUSD.",
      routine: true,
    });
    expect(NodeSkipped(skipped, { ...context, terms: undefined }).sentence).to.equal(
      "A match passed over node 3.",
    );
  });
});
