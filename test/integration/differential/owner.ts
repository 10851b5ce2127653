/** What a deal's owner may do, and the scaler it named. */
import { type Model, nobody, require } from "./model.ts";
import type { Deal, Terms, Version } from "./types.ts";

export function createDeal(model: Model, owner: string, terms: Terms, deposit: bigint): void {
  const minimum =
    BigInt(model.rules.minFundedEpochs * terms.target * terms.units) * terms.limit +
    BigInt(terms.target) * terms.tip;
  require(terms.end === 0 || terms.end >= model.epoch + model.rules.minFundedEpochs, "DealsTermsInvalid");
  require(deposit >= minimum, "DealsDepositTooSmall");
  model.deals.push({
    ...{ owner, terms, target: terms.target, balance: deposit, end: terms.end, unfundedRun: 0 },
    ...{
      funded: new Set(),
      workers: [],
      barred: new Set(),
      scaler: { key: nobody, cap: 0n },
      nextScaling: 0,
      disputeEpochs: terms.committed ? model.rules.disputeEpochs : 0,
      versions: [],
    },
  });
}

export function topUp(model: Model, deal: Deal, amount: bigint): void {
  require(amount !== 0n, "DealsZeroAmount");
  model.requireNextEpoch(deal);
  deal.balance += amount;
}

export function withdraw(model: Model, deal: Deal, amount: bigint): void {
  require(amount !== 0n, "DealsZeroAmount");
  require(amount <= model.withdrawable(deal), "DealsWithdrawTooLarge");
  deal.balance -= amount;
}

export function stop(model: Model, deal: Deal): void {
  const assignedNow = deal.workers.some((worker) => worker.first > model.epoch);
  const last = assignedNow ? model.epoch + 1 : model.epoch;
  require(deal.end === 0 || last < deal.end, "DealsEnded");
  deal.end = last;
}

export function setScaler(model: Model, deal: Deal, key: string, cap: bigint): void {
  require(key !== nobody || cap === 0n, "DealsZeroAddress");
  deal.scaler = { key, cap };
}

export function setTarget(model: Model, deal: Deal, target: number, dismissed: number[], by: string): void {
  if (by !== deal.owner) useScaler(model, deal, target, dismissed, by);
  model.requireNextEpoch(deal);
  require(deal.terms.min <= target && target <= deal.terms.max, "DealsTargetOutOfBounds");
  for (const node of dismissed) dismiss(model, deal, node);
  require(model.open(deal).length <= target, "DealsWorkersAboveTarget");
  const tips = BigInt(target - model.open(deal).length) * deal.terms.tip;
  const needed = model.reservedEpochs(deal) * BigInt(target * deal.terms.units) * deal.terms.limit + tips;
  require(target <= deal.target || deal.balance >= needed, "DealsBalanceTooSmall");
  deal.target = target;
}

/** Once an epoch, no more dismissed than are too many, up only within the cap. */
function useScaler(model: Model, deal: Deal, target: number, dismissed: number[], by: string): void {
  require(by === deal.scaler.key, "DealsUnauthorized");
  require(model.epoch >= deal.nextScaling, "DealsScalerTooSoon");
  const tooMany = model.open(deal).length - target;
  require(dismissed.length === 0 || dismissed.length <= tooMany, "DealsScalerDismissal");
  const cost = BigInt(target * deal.terms.units) * deal.terms.limit + BigInt(target) * deal.terms.tip;
  require(target <= deal.target || cost <= deal.scaler.cap, "DealsScalerCapExceeded");
  deal.nextScaling = model.epoch + 1;
}

export function dismiss(model: Model, deal: Deal, node: number): void {
  model.running(deal, node).last = model.epoch;
}

/** From the next epoch on; proved calls only where the deal's terms say how long they can be disputed. Returns the version. */
export function setModule(model: Model, deal: Deal, version: Omit<Version, "fromEpoch">, by: string): bigint {
  require(by === deal.owner, "ModulesUnauthorized");
  require(version.module !== "", "ModulesDigestZero");
  require(!version.committed || deal.terms.committed, "ModulesDealUncommitted");
  require(deal.end === 0 || model.epoch < deal.end, "ModulesDealEnded");
  const fromEpoch = model.epoch + 1;
  require(deal.versions.every((earlier) => earlier.fromEpoch !== fromEpoch), "ModulesChangedAlready");
  deal.versions.push({ ...version, fromEpoch });
  return BigInt(deal.versions.length);
}
