/** How what was charged reaches those who earned it, and how a worker leaves for good. */
import { slashed } from "./faults.ts";
import { type Model, require } from "./model.ts";
import type { Deal, Worker } from "./types.ts";

/** Returns the pay, which goes to the caller's recipient, or into the payout's account if it only settles. */
export function pay(model: Model, deal: Deal, node: number, upTo: number, claimed: boolean): bigint {
  const worker = model.worker(deal, node);
  const owed = model.owed(deal, worker, upTo);
  require(owed.through > worker.settled, "DealsNothingOwed");
  worker.settled = owed.through;
  model.fees += owed.fee;
  add(model.refunds, deal.owner, owed.refund);
  if (!claimed) add(model.earnings, model.provider(worker.provider).payout, owed.pay);
  return owed.pay;
}

/** Settles what can be settled and belongs to the payout address; the pay is sent at once. Returns how many it looked at. */
export function claimAll(
  model: Model,
  payout: string,
  items: { deal: number; node: number }[],
  upTo: number,
): bigint {
  for (const item of items) {
    const deal = model.deals[item.deal - 1];
    const worker = deal?.workers.find(({ node, released }) => node === item.node && !released);
    if (deal === undefined || worker === undefined) continue;
    if (model.provider(worker.provider).payout !== payout) continue;
    if (model.owed(deal, worker, upTo).through > worker.settled) pay(model, deal, item.node, upTo, true);
  }
  return BigInt(items.length);
}

export function payTip(model: Model, deal: Deal, node: number): void {
  const worker = model.worker(deal, node);
  require(worker.tip.amount !== 0n, "DealsNoTip");
  require(worker.last !== undefined || model.epoch > worker.challengeEnd, "DealsTipHeld");
  creditTip(model, worker);
}

function creditTip(model: Model, { tip }: Worker): void {
  add(model.earnings, tip.matcher, tip.amount - tip.share);
  if (tip.challenger !== undefined) add(model.earnings, tip.challenger, tip.share);
  Object.assign(tip, { amount: 0n, share: 0n });
}

export function release(model: Model, deal: Deal, node: number): void {
  const worker = model.worker(deal, node);
  const last = model.lastEpoch(deal, worker);
  require(model.epoch > last, "DealsWorkerRunning");
  require(model.epoch > last + deal.disputeEpochs, "DealsWorkerDisputable");
  if (worker.settled < last) pay(model, deal, node, last, false);
  worker.released = true;
  creditTip(model, worker);
  const provider = model.provider(worker.provider);
  model.node(node).inUse -= deal.terms.units;
  const left = worker.lock - slashed(worker.lock, worker.slashedBps);
  provider.locked -= left;
  provider.free += left;
}

export function take(model: Model, account: "earnings" | "refunds", who: string): bigint {
  const amount = model[account].get(who) ?? 0n;
  require(amount !== 0n, "DealsNothingOwed");
  model[account].delete(who);
  return amount;
}

export function collectFees(model: Model): bigint {
  require(model.fees !== 0n, "DealsNothingOwed");
  const amount = model.fees;
  model.fees = 0n;
  return amount;
}

function add(account: Map<string, bigint>, who: string, amount: bigint): void {
  if (amount !== 0n) account.set(who, (account.get(who) ?? 0n) + amount);
}
