import { expect } from "chai";
import fc from "fast-check";
import { compare } from "./differential/compare.ts";
import { History, type Step } from "./differential/history.ts";
import { Model } from "./differential/model.ts";
import { startNetwork } from "./differential/network.ts";
import { setStage } from "./differential/stage.ts";

const long = process.env["MILLRACE_LONG"] === "1";
const seed = Number(process.env["MILLRACE_SEED"] ?? 1);
const HISTORIES = long ? 150 : 12;
const STEPS = 150;

/** What a history begins with, without the rules. */
function stateOf({ deals, nodes, providers, earnings, refunds, fees, slashes }: Model): Partial<Model> {
  return { deals, nodes, providers, earnings, refunds, fees, slashes };
}

const often = (weight: number, ...kinds: string[]) =>
  kinds.map((kind) => ({ weight, arbitrary: fc.constant(kind) }));
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.oneof(
    ...often(8, "epochs", "match"),
    ...often(4, "claim", "settleWorker", "release", "evict", "endWorker", "topUp", "challenge"),
    ...often(2, "createDeal", "setOffer", "withdraw", "setTarget", "resign", "unbar", "claimAll", "payTip"),
    ...often(1, "dismiss", "stop", "bar", "stake", "requestThaw", "attend", "slashWorker"),
    ...often(3, "attest"),
    ...often(1, "setAttributes", "revokeAttestation"),
    ...often(2, "setScaler", "setModule"),
    ...often(1, "withdrawEarnings", "withdrawRefund", "collectFees"),
  ),
  a: fc.nat(1_000),
  b: fc.nat(1_000),
  c: fc.nat(1_000),
});

/** A market that is open, so that little of a history is spent on calls that nobody could win. */
const beginning: Step[] = [
  { kind: "epochs", a: 4, b: 0, c: 0 },
  { kind: "createDeal", a: 0, b: 0, c: 2 },
  { kind: "createDeal", a: 1, b: 1, c: 4 },
  { kind: "match", a: 0, b: 3, c: 0 },
  { kind: "match", a: 1, b: 3, c: 2 },
  // a deal that asks for an attested grade of at least 2, and two nodes that have it for a while
  { kind: "createDeal", a: 3, b: 0, c: 18 },
  { kind: "attest", a: 3, b: 0, c: 3 },
  { kind: "attest", a: 5, b: 1, c: 2 },
];

describe("random histories", function () {
  this.timeout(long ? 3_600_000 : 300_000);

  it("end as the model of the protocol says, step by step", async () => {
    const network = await startNetwork();
    const stage = await setStage(network);
    const snapshot = await network.market.connection.networkHelpers.takeSnapshot();
    const accepted = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: STEPS, maxLength: STEPS }), async (steps) => {
        await snapshot.restore();
        const model = Object.assign(new Model(0, stage.rules), structuredClone(stateOf(stage)));
        const history = new History(network, model);
        try {
          for (const next of [...beginning, ...steps]) {
            await history.take(next);
            if (next.kind === "epochs") await compare(network, model);
          }
          await compare(network, model);
        } catch (error) {
          throw new Error(`After\n${history.told.join("\n")}\n${String(error)}`, { cause: error });
        }
        for (const [name, count] of history.accepted) accepted.set(name, (accepted.get(name) ?? 0) + count);
      }),
      { seed, numRuns: HISTORIES, endOnFailure: true },
    );
    // Histories in which everything is refused would prove little.
    const rare = long ? ["evict", "endWorker", "withdrawEarnings", "challenge"] : [];
    for (const name of [
      "matchDeal",
      "claim",
      "release",
      "setTarget",
      "setScaler",
      "setModule",
      "payTip",
      "slashWorker",
      "claimAll",
      ...rare,
    ])
      expect(accepted.get(name) ?? 0, `accepted calls of ${name}`).to.be.greaterThan(0);
  });
});
