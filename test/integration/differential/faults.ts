/** What absence and misbehaviour cost a worker. */
import { type Model, require } from "./model.ts";
import type { Deal, Worker } from "./types.ts";

/** Misses in a row up to the last completed epoch, of those that count. */
export function misses(model: Model, deal: Deal, worker: Worker): number {
  const attended = model.node(worker.node).attended;
  let missed = 0;
  for (let epoch = model.epoch - 1; epoch >= worker.first; epoch -= 1) {
    const somebodyThere = model.nodes.some((node) => node.attended.has(epoch));
    if (attended.has(epoch) || !somebodyThere || !deal.funded.has(epoch)) break;
    missed += 1;
  }
  return Math.min(missed, model.rules.maxMissedEpochs);
}

export function evict(model: Model, deal: Deal, node: number, reporter: string): void {
  const worker = model.running(deal, node);
  require(misses(model, deal, worker) >= model.rules.maxMissedEpochs, "DealsNotEvictable");
  worker.last = model.epoch;
  deal.barred.add(worker.provider);
  slash(model, deal, worker, Number(model.rules.evictionSlashBps), reporter);
}

/** A worker that runs, or has not begun, ends with it. Returns the number of the slash. */
export function slashWorker(model: Model, deal: Deal, node: number, bps: number, reporter: string): bigint {
  const worker = model.worker(deal, node);
  const slashedBps = Math.min(10_000, worker.slashedBps + bps);
  require(slashedBps > worker.slashedBps, "DealsNothingToSlash");
  if (worker.last === undefined && model.epoch <= model.lastEpoch(deal, worker)) worker.last = model.epoch;
  slash(model, deal, worker, slashedBps, reporter);
  return BigInt(model.slashes.length);
}

function slash(model: Model, deal: Deal, worker: Worker, slashedBps: number, reporter: string): void {
  const amount = slashed(worker.lock, slashedBps) - slashed(worker.lock, worker.slashedBps);
  worker.slashedBps = slashedBps;
  model.provider(worker.provider).locked -= amount;
  model.slashes.push({ provider: worker.provider, amount, owner: deal.owner, reporter });
}

/** What so many basis points of a lock are. */
export const slashed = (lock: bigint, bps: number): bigint => (lock * BigInt(bps)) / 10_000n;
