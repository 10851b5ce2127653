import {
  findPaymentToken,
  formatAmount,
  formatToken,
  readWorkers,
  setTarget,
  type ActiveWorker,
  type Chain,
  type DealState,
  type Terms,
} from "@millrace/sdk";
import { retake } from "../chain/retake.ts";
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
 * @throws MillraceError `deal-ended`, `target-out-of-bounds`, `target-unchanged`, `worker-unknown`, `deal-balance-short` with the sum
 */
export function requireScaling(chain: Chain, scaling: Scaling): ActiveWorker[] {
  const { deal, workers, dismiss } = scaling;
  const { minWorkers, maxWorkers } = deal.terms;
  if (deal.status === "ended")
    throw failure("deal-ended", `Deal ${deal.id} has ended: its number of workers stays as it is.`, {
      nextStep: "Make another deal for the function: millrace function deploy",
    });
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
  requireNamed(scaling);
  return chooseDismissed({ workers, running: scaling.running, named: dismiss });
}

function requireNamed({ deal, workers, running, dismiss }: Scaling): void {
  const named = new Set(dismiss);
  for (const node of named)
    if (!running.some((each) => each.node === node))
      throw failure("worker-unknown", `Node ${node} has no running worker in deal ${deal.id}.`, {
        nextStep: `See its workers: millrace deal show ${deal.id}`,
      });
  const surplus = Math.max(0, running.length - workers);
  if (named.size > surplus)
    throw new UsageError(
      `--dismiss names ${plural(named.size, "worker")}; ${plural(surplus, "worker")} would be too many. ` +
        `To replace a worker: millrace deal dismiss ${deal.id} <node>`,
    );
}

/** A worker that is to go has ended or was released, or another came, since it was chosen who goes. */
const overtaken = new Set(["deals-worker-ended", "deals-worker-unknown", "deals-workers-above-target"]);

/**
 * Sets how many workers a deal wants.
 * @param change `named`: who goes first if they are too many
 * @returns whom it dismissed
 * @throws MillraceError as `setTarget` of the SDK
 */
export function scale(
  chain: Chain,
  { deal, terms, workers, named }: { deal: bigint; terms: Terms; workers: number; named: readonly number[] },
): Promise<ActiveWorker[]> {
  return retake(chain, overtaken, async () => {
    const leaving = chooseDismissed({ workers, running: await readRunning(chain, deal), named });
    const dismissed = leaving.map(({ node }) => node);
    await setTarget(chain, { deal, terms, targetWorkers: workers, dismissed });
    return leaving;
  });
}

/** A deal's workers that do not end yet. */
export async function readRunning(chain: Chain, deal: bigint): Promise<ActiveWorker[]> {
  return (await readWorkers(chain, deal)).filter(({ lastEpoch }) => lastEpoch === undefined);
}

/** As many as are too many: the named ones that still run, then the dearest. */
function chooseDismissed({
  workers,
  running,
  named,
}: {
  readonly workers: number;
  readonly running: readonly ActiveWorker[];
  readonly named: readonly number[];
}): ActiveWorker[] {
  const isNamed = ({ node }: ActiveWorker) => Number(named.includes(node));
  return [...running]
    .sort(
      (a, b) =>
        isNamed(b) - isNamed(a) || Number(b.pricePerUnitEpoch - a.pricePerUnitEpoch) || b.node - a.node,
    )
    .slice(0, Math.max(0, running.length - workers));
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
