/**
 * docs/protocol.md once more, in the plainest TypeScript: every epoch of every deal is decided by itself, every worker's
 * epoch is paid by itself, and every rule is a line. Knows nothing of slots, settling, hashes or bitmaps, and shares no
 * code with the contracts or the SDK. Amounts are whole smallest units. Here stands what it remembers and what anybody can
 * see of that; who may change what stands in the files of their names.
 */

import type { Deal, Node, Owed, Provider, Rules, Slash, Worker } from "./types.ts";

/** A call that the contracts must refuse, by the name of the error. */
export class Refused extends Error {}

/** The key of a deal without a scaler. */
export const nobody = "0x0000000000000000000000000000000000000000";

export const require = (holds: boolean, error: string): void => {
  if (!holds) throw new Refused(error);
};

export class Model {
  epoch: number;
  readonly rules: Rules;
  deals: Deal[] = [];
  nodes: Node[] = [];
  providers: Provider[] = [];
  earnings = new Map<string, bigint>();
  refunds = new Map<string, bigint>();
  fees = 0n;
  slashes: Slash[] = [];

  constructor(epoch: number, rules: Rules) {
    this.epoch = epoch;
    this.rules = rules;
  }

  /** Does what `work` does, or nothing of it if that is refused. Deals and workers held from before are void then. */
  attempt<Result>(work: () => Result): Result {
    const { rules, epoch, ...state } = this;
    const before = structuredClone(state);
    try {
      return work();
    } catch (error) {
      Object.assign(this, before);
      throw error;
    }
  }

  // ---- time ----

  nextEpoch(): void {
    this.epoch += 1;
    for (const deal of this.deals) this.#decide(deal);
  }

  #decide(deal: Deal): void {
    if (deal.end !== 0 && this.epoch > deal.end) return;
    const rate = deal.workers
      .filter((worker) => worker.first <= this.epoch && this.epoch <= (worker.last ?? Infinity))
      .reduce((sum, worker) => sum + worker.price * BigInt(deal.terms.units), 0n);
    if (deal.balance >= rate) {
      deal.balance -= rate;
      deal.funded.add(this.epoch);
      deal.unfundedRun = 0;
      return;
    }
    deal.unfundedRun += 1;
    if (deal.unfundedRun === this.rules.minFundedEpochs) deal.end = this.epoch;
  }

  // ---- what anybody can see ----

  /** Workers without an end of their own. */
  open(deal: Deal): Worker[] {
    return deal.workers.filter((worker) => worker.last === undefined);
  }

  /** What the next epoch costs. */
  rate(deal: Deal): bigint {
    return this.open(deal).reduce((sum, worker) => sum + worker.price * BigInt(deal.terms.units), 0n);
  }

  reservedEpochs(deal: Deal): bigint {
    const left = deal.end === 0 ? Infinity : Math.max(0, deal.end - this.epoch);
    return BigInt(Math.min(this.rules.minFundedEpochs, left));
  }

  reserve(deal: Deal): bigint {
    return this.reservedEpochs(deal) * this.rate(deal);
  }

  withdrawable(deal: Deal): bigint {
    const most = deal.balance - this.reserve(deal);
    return most > 0n ? most : 0n;
  }

  status(deal: Deal): string {
    if (deal.end !== 0 && this.epoch > deal.end) return "Ended";
    if (deal.unfundedRun > 0) return "Insolvent";
    if (this.open(deal).length < deal.terms.min) return "Matching";
    return deal.balance < this.reserve(deal) ? "Underfunded" : "Active";
  }

  lastEpoch(deal: Deal, worker: Worker): number {
    return Math.min(worker.last ?? Infinity, deal.end === 0 ? Infinity : deal.end);
  }

  owed(deal: Deal, worker: Worker, upTo: number): Owed {
    const price = worker.price * BigInt(deal.terms.units);
    const fee = (price * this.rules.feeBps) / 10_000n;
    const node = this.nodes[worker.node - 1];
    const through = Math.max(
      worker.settled,
      Math.min(upTo, Math.min(this.epoch - 1, this.lastEpoch(deal, worker))),
    );
    const owed: Owed = { through, paid: 0, missed: 0, pay: 0n, fee: 0n, refund: 0n };
    for (let epoch = worker.settled + 1; epoch <= through; epoch += 1) {
      if (!deal.funded.has(epoch)) continue;
      if (node?.attended.has(epoch) === true) {
        owed.paid += 1;
        owed.pay += price - fee;
        owed.fee += fee;
      } else {
        owed.missed += 1;
        owed.refund += price;
      }
    }
    return owed;
  }

  worker(deal: Deal, node: number): Worker {
    const found = deal.workers.find((worker) => worker.node === node && !worker.released);
    if (found === undefined) throw new Refused("DealsWorkerUnknown");
    return found;
  }

  // ---- what several need ----

  requireNextEpoch(deal: Deal): void {
    require(deal.end === 0 || this.epoch < deal.end, "DealsEnded");
  }

  notEnded(deal: Deal, node: number): Worker {
    const worker = this.worker(deal, node);
    require(worker.last === undefined && this.epoch <= this.lastEpoch(deal, worker), "DealsWorkerEnded");
    return worker;
  }

  running(deal: Deal, node: number): Worker {
    const worker = this.notEnded(deal, node);
    require(worker.first <= this.epoch, "DealsWorkerNotStarted");
    return worker;
  }

  node(id: number): Node {
    const node = this.nodes[id - 1];
    if (node === undefined) throw new Error(`The model has no node ${id}.`);
    return node;
  }

  provider(id: number): Provider {
    const provider = this.providers[id - 1];
    if (provider === undefined) throw new Error(`The model has no provider ${id}.`);
    return provider;
  }
}
