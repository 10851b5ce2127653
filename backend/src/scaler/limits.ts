import type { Terms } from "@millrace/sdk";

/** A deal as it stands on the chain. Amounts in smallest units of its token. */
export interface ScaledDeal {
  readonly terms: Terms;
  readonly targetWorkers: number;
  /** that have not ended */
  readonly workers: number;
  readonly balance: bigint;
  /** epochs at the price limit that a raise needs on the balance */
  readonly reservedEpochs: number;
  /** most that the deal may cost in an epoch for the scaler to raise its target */
  readonly capPerEpoch: bigint;
}

/** What keeps a target from going as high as the load asks for. */
export const bounds = ["maxWorkers", "cap", "balance"] as const;
type Bound = (typeof bounds)[number];

/**
 * The target nearest to the wanted one that the contract takes from a scaler, going up: within the terms' maxWorkers, the
 * owner's cap and what the balance covers.
 * @returns `bound`: what stood in the way, if something did
 */
export function raiseWithin(deal: ScaledDeal, wanted: number): { target: number; bound: Bound | undefined } {
  const { terms, targetWorkers, workers, balance, reservedEpochs, capPerEpoch } = deal;
  const rate = terms.priceLimit * BigInt(terms.unitsPerWorker);
  // The contract's own sums: setTarget in docs/protocol.md, Change.
  const costs = (target: number) => (rate + terms.tipPerWorker) * BigInt(target);
  const needs = (target: number) =>
    BigInt(reservedEpochs) * rate * BigInt(target) + terms.tipPerWorker * BigInt(target - workers);
  let bound: Bound | undefined;
  let target = wanted;
  if (target > terms.maxWorkers) [target, bound] = [terms.maxWorkers, "maxWorkers"];
  while (target > targetWorkers && costs(target) > capPerEpoch) [target, bound] = [target - 1, "cap"];
  while (target > targetWorkers && needs(target) > balance) [target, bound] = [target - 1, "balance"];
  return { target: Math.max(target, targetWorkers), bound };
}

/** A worker that has not ended. */
export interface OpenWorker {
  readonly node: number;
  readonly pricePerUnitEpoch: bigint;
  readonly firstEpoch: number;
}

/**
 * Whom to dismiss on the way down: the dearest, among equals the newest, and none before its first epoch.
 * @returns `target`: the wanted one, or more if too few have begun
 */
export function lowerTo(
  workers: readonly OpenWorker[],
  { wanted, minWorkers, epoch }: { wanted: number; minWorkers: number; epoch: number },
): { target: number; dismissed: number[] } {
  const begun = workers
    .filter(({ firstEpoch }) => firstEpoch <= epoch)
    .sort(
      (a, b) =>
        Number(b.pricePerUnitEpoch - a.pricePerUnitEpoch) || b.firstEpoch - a.firstEpoch || b.node - a.node,
    );
  const target = Math.max(wanted, minWorkers, workers.length - begun.length);
  const surplus = Math.max(0, workers.length - target);
  return { target, dismissed: begun.slice(0, surplus).map(({ node }) => node) };
}
