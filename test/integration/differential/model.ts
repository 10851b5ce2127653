/**
 * docs/protocol.md once more, in the plainest TypeScript: every epoch of every deal is decided by itself, every worker's
 * epoch is paid by itself, and every rule is a line. Knows nothing of slots, settling, hashes or bitmaps, and shares no
 * code with the contracts or the SDK. Amounts are whole smallest units.
 */

import type { Deal, GradeConstraint, Node, Owed, Provider, Rules, Slash, Terms, Worker } from "./types.ts";

/** A call that the contracts must refuse, by the name of the error. */
export class Refused extends Error {}

/** The key of a deal without a scaler. */
export const nobody = "0x0000000000000000000000000000000000000000";

export const require = (holds: boolean, error: string): void => {
  if (!holds) throw new Refused(error);
};
const smaller = (a: number, b: number): number => Math.min(a, b);

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

  #reservedEpochs(deal: Deal): bigint {
    const left = deal.end === 0 ? Infinity : Math.max(0, deal.end - this.epoch);
    return BigInt(smaller(this.rules.minFundedEpochs, left));
  }

  reserve(deal: Deal): bigint {
    return this.#reservedEpochs(deal) * this.rate(deal);
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
    return smaller(worker.last ?? Infinity, deal.end === 0 ? Infinity : deal.end);
  }

  owed(deal: Deal, worker: Worker, upTo: number): Owed {
    const price = worker.price * BigInt(deal.terms.units);
    const fee = (price * this.rules.feeBps) / 10_000n;
    const node = this.nodes[worker.node - 1];
    const through = Math.max(
      worker.settled,
      smaller(upTo, smaller(this.epoch - 1, this.lastEpoch(deal, worker))),
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

  // ---- the owner ----

  createDeal(owner: string, terms: Terms, deposit: bigint): void {
    const minimum =
      BigInt(this.rules.minFundedEpochs * terms.target * terms.units) * terms.limit +
      BigInt(terms.target) * terms.tip;
    require(terms.end === 0 || terms.end >= this.epoch + this.rules.minFundedEpochs, "DealsTermsInvalid");
    require(deposit >= minimum, "DealsDepositTooSmall");
    this.deals.push({
      ...{ owner, terms, target: terms.target, balance: deposit, end: terms.end, unfundedRun: 0 },
      ...{
        funded: new Set(),
        workers: [],
        barred: new Set(),
        scaler: { key: nobody, cap: 0n },
        nextScaling: 0,
      },
    });
  }

  topUp(deal: Deal, amount: bigint): void {
    require(amount !== 0n, "DealsZeroAmount");
    this.requireNextEpoch(deal);
    deal.balance += amount;
  }

  withdraw(deal: Deal, amount: bigint): void {
    require(amount !== 0n, "DealsZeroAmount");
    require(amount <= this.withdrawable(deal), "DealsWithdrawTooLarge");
    deal.balance -= amount;
  }

  stop(deal: Deal): void {
    const assignedNow = deal.workers.some((worker) => worker.first > this.epoch);
    const last = assignedNow ? this.epoch + 1 : this.epoch;
    require(deal.end === 0 || last < deal.end, "DealsEnded");
    deal.end = last;
  }

  setScaler(deal: Deal, key: string, cap: bigint): void {
    require(key !== nobody || cap === 0n, "DealsZeroAddress");
    deal.scaler = { key, cap };
  }

  setTarget(deal: Deal, target: number, dismissed: number[], by: string): void {
    if (by !== deal.owner) this.#useScaler(deal, target, dismissed, by);
    this.requireNextEpoch(deal);
    require(deal.terms.min <= target && target <= deal.terms.max, "DealsTargetOutOfBounds");
    for (const node of dismissed) this.dismiss(deal, node);
    require(this.open(deal).length <= target, "DealsWorkersAboveTarget");
    const tips = BigInt(target - this.open(deal).length) * deal.terms.tip;
    const needed = this.#reservedEpochs(deal) * BigInt(target * deal.terms.units) * deal.terms.limit + tips;
    require(target <= deal.target || deal.balance >= needed, "DealsBalanceTooSmall");
    deal.target = target;
  }

  /** Once an epoch, no more dismissed than are too many, up only within the cap. */
  #useScaler(deal: Deal, target: number, dismissed: number[], by: string): void {
    require(by === deal.scaler.key, "DealsUnauthorized");
    require(this.epoch >= deal.nextScaling, "DealsScalerTooSoon");
    const tooMany = this.open(deal).length - target;
    require(dismissed.length === 0 || dismissed.length <= tooMany, "DealsScalerDismissal");
    const cost = BigInt(target * deal.terms.units) * deal.terms.limit + BigInt(target) * deal.terms.tip;
    require(target <= deal.target || cost <= deal.scaler.cap, "DealsScalerCapExceeded");
    deal.nextScaling = this.epoch + 1;
  }

  dismiss(deal: Deal, node: number): void {
    this.#running(deal, node).last = this.epoch;
  }

  // ---- matching ----

  /** Names of the refusals, in the order of the candidates; "None" where the node was taken. */
  match(deal: Deal, candidates: { node: number; maxAsk: bigint }[], matcher: string): string[] {
    this.requireNextEpoch(deal);
    require(this.open(deal).length < deal.target, "DealsTargetReached");
    const refusals = candidates.map(({ node, maxAsk }) => {
      const refusal = this.refusal(deal, node, maxAsk);
      if (refusal === "None") {
        const challengeEnd = this.epoch + this.rules.challengeWindow;
        const tip = { matcher, amount: deal.terms.tip, challenger: undefined, share: 0n };
        this.assign(deal, node, { matchEpoch: this.epoch, challengeEnd, tip });
      }
      return refusal;
    });
    require(refusals.includes("None"), "DealsNothingMatched");
    require(this.open(deal).length >= deal.terms.min, "DealsBelowMinimumWorkers");
    const tips = BigInt(refusals.filter((refusal) => refusal === "None").length) * deal.terms.tip;
    require(deal.balance >= this.reserve(deal) + tips, "DealsBalanceTooSmall");
    deal.balance -= tips;
    return refusals;
  }

  refusal(deal: Deal, id: number, maxAsk: bigint): string {
    const node = this.nodes[id - 1];
    if (node === undefined) return "NodeUnknown";
    const provider = this.#provider(node.provider);
    const { units, limit, minimumAsk, perProvider } = deal.terms;
    if (!node.on) return "OfferOff";
    if (node.ask > maxAsk) return "AboveListedAsk";
    if (node.ask > limit) return "AbovePriceLimit";
    if (node.ask < minimumAsk) return "BelowMinimumAsk";
    if (node.units - node.inUse < units) return "UnitsShort";
    if (provider.free < this.rules.stakePerUnit * BigInt(units)) return "StakeShort";
    if (!this.#meets(node, deal.terms.grade)) return "ConstraintUnmet";
    const ofProvider = this.open(deal).filter((worker) => worker.provider === node.provider).length;
    if (ofProvider >= perProvider) return "ProviderLimit";
    if (deal.barred.has(node.provider)) return "ProviderBarred";
    if (deal.workers.some((worker) => worker.node === id && !worker.released)) return "AlreadyWorking";
    if (!node.attended.has(this.epoch) && !node.attended.has(this.epoch - 1)) return "NotAttending";
    return this.open(deal).length >= deal.target ? "TargetReached" : "None";
  }

  #meets({ grade, attested, revision }: Node, wanted: GradeConstraint | undefined): boolean {
    if (wanted === undefined) return true;
    const holds =
      attested !== undefined && attested.revision === revision && this.epoch < attested.untilEpoch;
    const actual = wanted.isAttested ? (holds ? attested.grade : 0n) : grade;
    if (actual === 0n) return false;
    if (wanted.operator === "=") return actual === wanted.value;
    if (wanted.operator === "!=") return actual !== wanted.value;
    return wanted.operator === ">=" ? actual >= wanted.value : actual <= wanted.value;
  }

  /** From the next epoch on, at the node's ask now. */
  assign(deal: Deal, id: number, match: Pick<Worker, "matchEpoch" | "challengeEnd" | "tip">): void {
    const node = this.#node(id);
    const provider = this.#provider(node.provider);
    const lock = this.rules.stakePerUnit * BigInt(deal.terms.units);
    deal.workers.push({
      ...{ node: id, provider: node.provider, price: node.ask, first: this.epoch + 1, last: undefined },
      ...{ settled: this.epoch, lock, slashedBps: 0, notice: undefined, released: false, ...match },
    });
    node.inUse += deal.terms.units;
    provider.free -= lock;
    provider.locked += lock;
  }

  // ---- the provider ----

  attend(id: number): void {
    const node = this.#node(id);
    require(!node.attended.has(this.epoch), "RegistryAlreadyAttended");
    node.attended.add(this.epoch);
  }

  setGrade(id: number, grade: bigint): void {
    const node = this.#node(id);
    require(node.inUse === 0, "RegistryNodeInUse");
    node.grade = grade;
    node.revision += 1;
    node.changed = this.epoch;
  }

  attest(id: number, grade: bigint, untilEpoch: number): void {
    const node = this.#node(id);
    require(grade !== 0n, "RegistryZeroValue");
    require(this.epoch < untilEpoch, "RegistryAttestationExpired");
    node.attested = { grade, untilEpoch, revision: node.revision };
  }

  revoke(id: number): void {
    const node = this.#node(id);
    require(node.attested !== undefined, "RegistryAttestationUnknown");
    node.attested = undefined;
  }

  resign(deal: Deal, node: number): void {
    const worker = this.#notEnded(deal, node);
    require(worker.notice === undefined, "DealsAlreadyResigned");
    worker.notice = this.epoch + this.rules.resignNoticeEpochs;
  }

  endWorker(deal: Deal, node: number, byProvider: boolean): void {
    const worker = this.#running(deal, node);
    if (worker.notice === undefined || this.epoch < worker.notice) {
      if (!byProvider || deal.unfundedRun === 0) {
        require(worker.notice === undefined, "DealsNoticeNotOver");
        require(byProvider, "DealsNotResigned");
        throw new Refused("DealsNotInsolvent");
      }
    }
    worker.last = this.epoch;
  }

  stake(provider: number, amount: bigint): void {
    require(amount !== 0n, "StakingZeroAmount");
    this.#provider(provider).free += amount;
  }

  requestThaw(id: number, amount: bigint): void {
    const provider = this.#provider(id);
    require(amount !== 0n, "StakingZeroAmount");
    require(amount <= provider.free, "StakingFreeStakeShort");
    provider.free -= amount;
    provider.thawing += amount;
  }

  // ---- anyone ----

  /** Misses in a row up to the last completed epoch, of those that count. */
  misses(deal: Deal, worker: Worker): number {
    const attended = this.#node(worker.node).attended;
    let missed = 0;
    for (let epoch = this.epoch - 1; epoch >= worker.first; epoch -= 1) {
      const somebodyThere = this.nodes.some((node) => node.attended.has(epoch));
      if (attended.has(epoch) || !somebodyThere || !deal.funded.has(epoch)) break;
      missed += 1;
    }
    return smaller(missed, this.rules.maxMissedEpochs);
  }

  evict(deal: Deal, node: number, reporter: string): void {
    const worker = this.#running(deal, node);
    require(this.misses(deal, worker) >= this.rules.maxMissedEpochs, "DealsNotEvictable");
    worker.last = this.epoch;
    deal.barred.add(worker.provider);
    this.#slash(deal, worker, Number(this.rules.evictionSlashBps), reporter);
  }

  /** A worker that runs, or has not begun, ends with it. Returns the number of the slash. */
  slashWorker(deal: Deal, node: number, bps: number, reporter: string): bigint {
    const worker = this.worker(deal, node);
    const slashedBps = smaller(10_000, worker.slashedBps + bps);
    require(slashedBps > worker.slashedBps, "DealsNothingToSlash");
    if (worker.last === undefined && this.epoch <= this.lastEpoch(deal, worker)) worker.last = this.epoch;
    this.#slash(deal, worker, slashedBps, reporter);
    return BigInt(this.slashes.length);
  }

  #slash(deal: Deal, worker: Worker, slashedBps: number, reporter: string): void {
    const amount = slashed(worker.lock, slashedBps) - slashed(worker.lock, worker.slashedBps);
    worker.slashedBps = slashedBps;
    this.#provider(worker.provider).locked -= amount;
    this.slashes.push({ provider: worker.provider, amount, owner: deal.owner, reporter });
  }

  /** Returns the pay, which goes to the caller's recipient, or into the payout's account if it only settles. */
  pay(deal: Deal, node: number, upTo: number, claimed: boolean): bigint {
    const worker = this.worker(deal, node);
    const owed = this.owed(deal, worker, upTo);
    require(owed.through > worker.settled, "DealsNothingOwed");
    worker.settled = owed.through;
    this.fees += owed.fee;
    add(this.refunds, deal.owner, owed.refund);
    if (!claimed) add(this.earnings, this.#provider(worker.provider).payout, owed.pay);
    return owed.pay;
  }

  /** Settles what can be settled and belongs to the payout address; the pay is sent at once. Returns how many it looked at. */
  claimAll(payout: string, items: { deal: number; node: number }[], upTo: number): bigint {
    for (const item of items) {
      const deal = this.deals[item.deal - 1];
      const worker = deal?.workers.find(({ node, released }) => node === item.node && !released);
      if (deal === undefined || worker === undefined) continue;
      if (this.#provider(worker.provider).payout !== payout) continue;
      if (this.owed(deal, worker, upTo).through > worker.settled) this.pay(deal, item.node, upTo, true);
    }
    return BigInt(items.length);
  }

  payTip(deal: Deal, node: number): void {
    const worker = this.worker(deal, node);
    require(worker.tip.amount !== 0n, "DealsNoTip");
    require(worker.last !== undefined || this.epoch > worker.challengeEnd, "DealsTipHeld");
    this.#creditTip(worker);
  }

  #creditTip({ tip }: Worker): void {
    add(this.earnings, tip.matcher, tip.amount - tip.share);
    if (tip.challenger !== undefined) add(this.earnings, tip.challenger, tip.share);
    Object.assign(tip, { amount: 0n, share: 0n });
  }

  release(deal: Deal, node: number): void {
    const worker = this.worker(deal, node);
    const last = this.lastEpoch(deal, worker);
    require(this.epoch > last, "DealsWorkerRunning");
    if (worker.settled < last) this.pay(deal, node, last, false);
    worker.released = true;
    this.#creditTip(worker);
    const provider = this.#provider(worker.provider);
    this.#node(node).inUse -= deal.terms.units;
    const left = worker.lock - slashed(worker.lock, worker.slashedBps);
    provider.locked -= left;
    provider.free += left;
  }

  take(account: "earnings" | "refunds", who: string): bigint {
    const amount = this[account].get(who) ?? 0n;
    require(amount !== 0n, "DealsNothingOwed");
    this[account].delete(who);
    return amount;
  }

  collectFees(): bigint {
    require(this.fees !== 0n, "DealsNothingOwed");
    const amount = this.fees;
    this.fees = 0n;
    return amount;
  }

  // ---- what several need ----

  requireNextEpoch(deal: Deal): void {
    require(deal.end === 0 || this.epoch < deal.end, "DealsEnded");
  }

  #notEnded(deal: Deal, node: number): Worker {
    const worker = this.worker(deal, node);
    require(worker.last === undefined && this.epoch <= this.lastEpoch(deal, worker), "DealsWorkerEnded");
    return worker;
  }

  #running(deal: Deal, node: number): Worker {
    const worker = this.#notEnded(deal, node);
    require(worker.first <= this.epoch, "DealsWorkerNotStarted");
    return worker;
  }

  #node(id: number): Node {
    const node = this.nodes[id - 1];
    if (node === undefined) throw new Error(`The model has no node ${id}.`);
    return node;
  }

  #provider(id: number): Provider {
    const provider = this.providers[id - 1];
    if (provider === undefined) throw new Error(`The model has no provider ${id}.`);
    return provider;
  }
}

const slashed = (lock: bigint, bps: number): bigint => (lock * BigInt(bps)) / 10_000n;

function add(account: Map<string, bigint>, who: string, amount: bigint): void {
  if (amount !== 0n) account.set(who, (account.get(who) ?? 0n) + amount);
}
