/** What providers do with their nodes, workers and stake, and what is attested of these. */
import { type Model, Refused, require } from "./model.ts";
import type { Deal } from "./types.ts";

export function attend(model: Model, id: number): void {
  const node = model.node(id);
  require(!node.attended.has(model.epoch), "RegistryAlreadyAttended");
  node.attended.add(model.epoch);
}

export function setGrade(model: Model, id: number, grade: bigint): void {
  const node = model.node(id);
  require(node.inUse === 0, "RegistryNodeInUse");
  node.grade = grade;
  node.revision += 1;
  node.changed = model.epoch;
}

export function attest(model: Model, id: number, grade: bigint, untilEpoch: number): void {
  const node = model.node(id);
  require(grade !== 0n, "RegistryZeroValue");
  require(model.epoch < untilEpoch, "RegistryAttestationExpired");
  node.attested = { grade, untilEpoch, revision: node.revision };
}

export function revoke(model: Model, id: number): void {
  const node = model.node(id);
  require(node.attested !== undefined, "RegistryAttestationUnknown");
  node.attested = undefined;
}

export function resign(model: Model, deal: Deal, node: number): void {
  const worker = model.notEnded(deal, node);
  require(worker.notice === undefined, "DealsAlreadyResigned");
  worker.notice = model.epoch + model.rules.resignNoticeEpochs;
}

export function endWorker(model: Model, deal: Deal, node: number, byProvider: boolean): void {
  const worker = model.running(deal, node);
  if (worker.notice === undefined || model.epoch < worker.notice) {
    if (!byProvider || deal.unfundedRun === 0) {
      require(worker.notice === undefined, "DealsNoticeNotOver");
      require(byProvider, "DealsNotResigned");
      throw new Refused("DealsNotInsolvent");
    }
  }
  worker.last = model.epoch;
}

export function stake(model: Model, provider: number, amount: bigint): void {
  require(amount !== 0n, "StakingZeroAmount");
  model.provider(provider).free += amount;
}

export function requestThaw(model: Model, id: number, amount: bigint): void {
  const provider = model.provider(id);
  require(amount !== 0n, "StakingZeroAmount");
  require(amount <= provider.free, "StakingFreeStakeShort");
  provider.free -= amount;
  provider.thawing += amount;
}

// helpers: add
