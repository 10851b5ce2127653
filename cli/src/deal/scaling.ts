import {
  findPaymentToken,
  formatAmount,
  formatToken,
  type ActiveWorker,
  type Chain,
  type DealState,
} from "@millrace/sdk";
import { failure, UsageError } from "../errors.ts";
import { plural } from "../format.ts";

/** A change of a deal's number of workers. */
export interface Scaling {
  readonly deal: DealState;
  /** how many it shall have */
  readonly workers: number;
  /** those that do not end yet */
  readonly running: readonly ActiveWorker[];
  /** nodes that the person named */
  readonly dismiss: readonly number[];
}

/**
 * Checks that a deal can be scaled, before anything is sent.
 * @returns the workers to dismiss: the named ones, and then the dearest that are too many
 * @throws MillraceError `target-out-of-bounds`, `target-unchanged`, `worker-unknown`, `deal-balance-short` with the sum
 */
export function requireScaling(chain: Chain, scaling: Scaling): ActiveWorker[] {
  const { deal, workers, dismiss } = scaling;
  const { minWorkers, maxWorkers } = deal.terms;
  if (workers < minWorkers || workers > maxWorkers)
    throw failure(
      "target-out-of-bounds",
      `Deal ${deal.id} takes ${minWorkers} to ${maxWorkers} workers, not ${workers}.`,
      {
        details: "Its terms say so, and terms are for a deal's whole life.",
        nextStep: "Make another deal for the same function: millrace deal create <cid>",
      },
    );
  if (workers === deal.targetWorkers && dismiss.length === 0)
    throw failure("target-unchanged", `Deal ${deal.id} wants ${plural(workers, "worker")} already.`, {
      nextStep: `millrace deal show ${deal.id}`,
    });
  if (workers > deal.targetWorkers) requireBalance(chain, scaling);
  return chooseDismissed(scaling);
}

/** Named ones first, then the dearest. */
function chooseDismissed({ deal, workers, running, dismiss }: Scaling): ActiveWorker[] {
  const named = [...new Set(dismiss)].map((node) => {
    const worker = running.find((each) => each.node === node);
    if (worker !== undefined) return worker;
    throw failure("worker-unknown", `Node ${node} has no running worker in deal ${deal.id}.`, {
      nextStep: `See its workers: millrace deal show ${deal.id}`,
    });
  });
  const surplus = running.length - workers;
  if (named.length > Math.max(0, surplus))
    throw new UsageError(
      `--dismiss names ${plural(named.length, "worker")}; ${plural(Math.max(0, surplus), "worker")} would be too many. ` +
        `To replace a worker: millrace deal dismiss ${deal.id} <node>`,
    );
  const others = running
    .filter((worker) => !named.includes(worker))
    .sort((a, b) => Number(b.pricePerUnitEpoch - a.pricePerUnitEpoch) || b.node - a.node);
  return [...named, ...others.slice(0, Math.max(0, surplus - named.length))];
}

/** The contract wants the first epochs of all workers at the limit. */
function requireBalance(chain: Chain, { deal, workers }: Scaling): void {
  const { priceLimit, unitsPerWorker, paymentToken, tipPerWorker } = deal.terms;
  const token = findPaymentToken(chain.deployment, paymentToken);
  const tips = tipPerWorker * BigInt(workers - deal.workers);
  const needed = priceLimit * BigInt(unitsPerWorker) * BigInt(workers) * BigInt(deal.minFundedEpochs) + tips;
  if (deal.balance >= needed) return;
  const missing = needed - deal.balance;
  throw failure(
    "deal-balance-short",
    `${plural(workers, "worker")} need ${formatToken(needed, token)} in the deal, and it holds ${formatToken(deal.balance, token)}.`,
    {
      details:
        `That is ${deal.minFundedEpochs} epochs at the limit of ${formatToken(priceLimit, token)} per unit` +
        (tips === 0n ? "." : `, and ${formatToken(tips, token)} of tips.`),
      nextStep: `millrace deal fund ${deal.id} ${token === undefined ? missing : formatAmount(missing, token.decimals)}`,
    },
  );
}
