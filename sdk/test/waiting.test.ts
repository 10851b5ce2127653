import { constraintOf, describeRefusal, describeWaiting, type RefusalContext } from "@millrace/sdk";
import { expect } from "chai";
import { zeroAddress } from "viem";
import { addressOf } from "./support/values.ts";
import { refusals, type RefusalName } from "../src/api/schemas/names.ts";

const context: RefusalContext = {
  terms: {
    paymentToken: zeroAddress,
    priceLimit: 2_000n,
    minimumAsk: 500n,
    unitsPerWorker: 3,
    maxWorkersPerProvider: 2,
  },
  token: { symbol: "tUSD", decimals: 6 },
};
const found = (...names: RefusalName[]) => new Map(names.map((name, index) => [index + 1, name]));
const waiting = (changes: Partial<Parameters<typeof describeWaiting>[0]>) =>
  describeWaiting({
    ...context,
    missing: 1,
    units: [],
    unmet: [],
    entryPausedUntil: undefined,
    found: found(),
    ...changes,
  });

describe("describeRefusal", () => {
  it("default: every reason has words that tell it from the others, none the contract's name", () => {
    const said = refusals.map((refusal) => describeRefusal(refusal, 1, context));
    expect(new Set(said).size).to.equal(refusals.length);
    for (const name of refusals.slice(1)) expect(said.join()).not.to.include(name);
  });

  it("behavior: says the figures of the terms", () => {
    const say = (refusal: RefusalName) => describeRefusal(refusal, 2, context);
    expect(say("abovePriceLimit")).to.equal("ask more than the limit of 0.002 tUSD");
    expect(say("belowMinimumAsk")).to.equal("ask less than the minimum of 0.0005 tUSD");
    expect(say("unitsShort")).to.equal("have fewer than 3 free units");
    expect(say("providerLimit")).to.equal("belong to a provider with 2 of the deal's workers already");
    expect(say("offerOff")).to.equal("offer nothing in tUSD now");
    const unknown = { ...context, token: undefined };
    expect(describeRefusal("abovePriceLimit", 1, unknown)).to.include("2000 smallest units");
  });
});

describe("describeWaiting", () => {
  it("default: the most frequent reason first, with what to do", () => {
    const sentence = waiting({ missing: 2, found: found("stakeShort", "notAttending", "notAttending") });
    expect(sentence).to.equal(
      "It waits for 2 more workers: 2 of 3 nodes have not been online in this epoch or the last, 1 has a provider with too little free stake; wait until they are back or others come.",
    );
  });

  it("behavior: names the first three of the nodes that are full", () => {
    const units = [1, 2, 3, 4].map((node) => ({ node, units: 4, unitsInUse: node }));
    expect(waiting({ found: found("unitsShort"), units })).to.include(
      "(node 1 has 1 of 4 in use, node 2 has 2 of 4 in use, node 3 has 3 of 4 in use, …); it is matched as soon",
    );
  });

  it("behavior: names the constraint that each of the first nodes does not meet", () => {
    const memory = constraintOf({ attribute: "memoryGiB", operator: "atLeast", value: 8n });
    const region = constraintOf({ attribute: "regionGroup", operator: "equal", value: 4n });
    const attester = addressOf(7);
    const gpus = constraintOf({ attribute: "gpus", operator: "notEqual", value: 2n, attester });
    const unmet = [
      { node: 1, constraint: memory, actual: 4n },
      { node: 2, constraint: region, actual: 3n },
      { node: 3, constraint: gpus, actual: 0n },
    ];
    const refused = found("constraintUnmet", "constraintUnmet", "constraintUnmet");
    expect(waiting({ found: refused, unmet })).to.equal(
      "It waits for 1 more worker: 3 of 3 nodes do not meet the constraints (node 1 has memoryGiB 4, wanted is memoryGiB ≥ 8, " +
        "node 2 has regionGroup asia, wanted is regionGroup = europe, " +
        `node 3 has no gpus, wanted is gpus ≠ 2 attested by ${attester}); create a deal with looser constraints or wait.`,
    );
  });

  it("behavior: a closed entry is the reason, whatever the nodes are", () => {
    expect(waiting({ found: found("none"), entryPausedUntil: 1_800_000_000 })).to.equal(
      "It waits for 1 more worker, but the guardian closed the entry until 2027-01-15T08:00:00Z: nobody is matched before; wait, or withdraw the balance.",
    );
  });

  it("behavior: enough nodes can take it, and what a matcher met", () => {
    expect(waiting({ found: found("none", "offerOff") })).to.equal(
      "1 of 2 nodes can take it; the next match should assign 1 more worker.",
    );
    expect(waiting({ found: found("none"), hindrance: "The deal is short of money." })).to.equal(
      "1 of 1 node can take it, but: The deal is short of money.",
    );
  });
});
