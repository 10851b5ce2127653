/** How a match is challenged, by the rules of docs/protocol.md. */
import { assign, refusalOf } from "./matching.ts";
import { type Model, require } from "./model.ts";
import type { Deal } from "./types.ts";

/** The candidate takes the worker's place, tip and what is left of its window, or the call is refused. */
export function challenge(
  model: Model,
  deal: Deal,
  replaced: number,
  candidate: number,
  challenger: string,
): void {
  model.requireNextEpoch(deal);
  const worker = model.worker(deal, replaced);
  require(worker.last === undefined, "DealsWorkerEnded");
  require(model.epoch <= worker.challengeEnd, "DealsChallengeOver");
  worker.last = model.epoch;
  require(refusalOf(model, deal, candidate, BigInt(2) ** 80n - 1n) === "None", "DealsCandidateRefused");
  const node = model.nodes[candidate - 1];
  require(node !== undefined && node.changed < worker.matchEpoch, "DealsCandidateChanged");
  const ask = node?.ask ?? 0n;
  require(ask * BigInt(10_000 + deal.terms.tolerance) < worker.price * 10_000n, "DealsNotCheaper");

  const { matchEpoch, challengeEnd, tip } = worker;
  const saving = (worker.price - ask) * BigInt(deal.terms.units * model.rules.minFundedEpochs);
  const share = saving < tip.amount ? saving : tip.amount;
  worker.tip = { ...tip, amount: 0n, share: 0n };
  assign(model, deal, candidate, { matchEpoch, challengeEnd, tip: { ...tip, challenger, share } });
}
