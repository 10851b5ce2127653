import { MillraceError, type ActiveWorker, type Chain, type DealState } from "@millrace/sdk";
import { expect } from "chai";
import { zeroAddress, zeroHash } from "viem";
import { requireScaling, type Scaling } from "../src/deal/scaling.ts";
import { UsageError } from "../src/errors.ts";

const token = "0x00000000000000000000000000000000000000aa";
const paymentTokens = [{ symbol: "tUSD", address: token, decimals: 6 }];
/** A check before anything is sent looks at the deployment alone. */
const chain = { deployment: { paymentTokens } } as unknown as Chain;

function worker(node: number, pricePerUnitEpoch: bigint): ActiveWorker {
  const rest = { provider: node, operator: zeroAddress, endpoint: "", firstEpoch: 1, lastEpoch: undefined };
  return { node, pricePerUnitEpoch, ...rest } as const;
}

function scalingOf(changes: Partial<Omit<Scaling, "deal">> = {}, deal: Partial<DealState> = {}): Scaling {
  const terms = {
    ...{ paymentToken: token, moduleDigest: zeroHash, unitsPerWorker: 2 },
    ...{ minWorkers: 2, targetWorkers: 3, maxWorkers: 6, priceLimit: 2_000n, tipPerWorker: 0n },
  };
  const state = {
    id: 7n,
    terms,
    targetWorkers: 3,
    workers: 3,
    minFundedEpochs: 4,
    balance: 10n ** 9n,
    ...deal,
  };
  const running = [worker(1, 1_000n), worker(2, 1_900n), worker(3, 1_500n)];
  return { deal: state as unknown as DealState, workers: 3, running, dismiss: [], ...changes };
}

function refusalOf(scaling: Scaling): MillraceError {
  try {
    requireScaling(chain, scaling);
  } catch (error) {
    if (error instanceof MillraceError) return error;
    throw error;
  }
  throw new Error("It was not refused");
}
const chosen = (scaling: Scaling) => requireScaling(chain, scaling).map(({ node }) => node);

describe("requireScaling", () => {
  it("default: fewer workers dismiss the dearest; more dismiss nobody", () => {
    expect(chosen(scalingOf({ workers: 2 }))).to.deep.equal([2]);
    expect(chosen(scalingOf({ workers: 4 }))).to.deep.equal([]);
    const twins = [worker(1, 5n), worker(2, 5n), worker(3, 5n)];
    expect(chosen(scalingOf({ workers: 2, running: twins })), "the newest of equals").to.deep.equal([3]);
  });

  it("behavior: those that are named go first, the dearest of the others make up the number", () => {
    const running = [worker(1, 1n), worker(2, 9n), worker(3, 5n), worker(4, 3n)];
    const deal = { targetWorkers: 4, workers: 4 };
    expect(chosen(scalingOf({ workers: 2, running, dismiss: [1] }, deal))).to.deep.equal([1, 2]);
    expect(chosen(scalingOf({ workers: 3, running, dismiss: [1, 1] }, deal))).to.deep.equal([1]);
  });

  it("behavior: a lower target than the deal ever reached dismisses nobody", () => {
    expect(chosen(scalingOf({ workers: 2, running: [worker(1, 1n)] }, { workers: 1 }))).to.deep.equal([]);
  });

  it("error: target-out-of-bounds names the terms' bounds", () => {
    for (const workers of [1, 7]) {
      const refusal = refusalOf(scalingOf({ workers }));
      expect(refusal).to.include({ code: "target-out-of-bounds" });
      expect(refusal.shortMessage).to.equal(`Deal 7 takes 2 to 6 workers, not ${workers}.`);
      expect(refusal.nextStep).to.include("millrace deal create");
    }
  });

  it("error: target-unchanged", () => {
    expect(refusalOf(scalingOf())).to.include({
      code: "target-unchanged",
      shortMessage: "Deal 7 wants 3 workers already.",
    });
  });

  it("error: worker-unknown for a node that does not work for it", () => {
    expect(refusalOf(scalingOf({ workers: 2, dismiss: [9] }))).to.include({ code: "worker-unknown" });
  });

  it("error: more named than would be too many, and how to replace one instead", () => {
    for (const changes of [
      { workers: 2, dismiss: [1, 2] },
      { workers: 3, dismiss: [1] },
      { workers: 4, dismiss: [1] },
    ])
      expect(() => requireScaling(chain, scalingOf(changes)))
        .to.throw(UsageError)
        .with.property("message")
        .that.includes("millrace deal dismiss 7 <node>");
  });

  it("error: deal-balance-short asks for exactly what is missing", () => {
    // 4 workers x 2 units x 4 epochs x 0.002
    const refusal = refusalOf(scalingOf({ workers: 4 }, { balance: 50_000n }));
    expect(refusal).to.include({
      code: "deal-balance-short",
      nextStep: "millrace deal fund 7 0.014",
    });
    expect(refusal.shortMessage).to.equal("4 workers need 0.064 tUSD in the deal, and it holds 0.05 tUSD.");
    expect(chosen(scalingOf({ workers: 4 }, { balance: 64_000n }))).to.deep.equal([]);
    // And the tip of the one worker that is to be found.
    const { terms } = scalingOf().deal;
    const tipped = { balance: 64_000n, terms: { ...terms, tipPerWorker: 5_000n } };
    expect(refusalOf(scalingOf({ workers: 4 }, tipped)).nextStep).to.equal("millrace deal fund 7 0.005");
  });
});
