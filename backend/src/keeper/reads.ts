import { deriveDeal } from "../store/deriveDeal.ts";
import { plain, type DealRow } from "../store/rows.ts";
import { inSnapshot } from "../store/snapshot.ts";
import type { Store } from "../store/store.ts";

/** What to do for one worker. */
type ChoreKind = "evict" | "endWorker" | "release" | "settle" | "payTip";

/** A worker that probably needs something done. */
export interface Chore {
  readonly kind: ChoreKind;
  readonly deal: number;
  readonly node: number;
}

interface WorkerKey {
  readonly deal: number;
  readonly node: number;
}

/**
 * Workers whose node did not attend for `maxMissedEpochs` completed epochs (whether these count is the contract's to
 * say), whose notice is over, or whose last epoch is (and the deal's dispute window after it), or, if `settleAfterEpochs` isn't 0, who are unpaid for so many
 * epochs, and those whose tip is due.
 */
export async function readChores(
  store: Store,
  { epoch, maxMissedEpochs, endedDeals, settleAfterEpochs }: ChoresParameters,
): Promise<Chore[]> {
  const [missing, resigned, over, unpaid, tipped] = await Promise.all([
    store.database.query<WorkerKey>(
      `SELECT worker.deal, worker.node FROM worker
       JOIN deal ON deal.id = worker.deal
       LEFT JOIN attendance ON attendance.node = worker.node
       WHERE NOT worker.released AND worker.last_epoch IS NULL
         AND (deal.end_epoch IS NULL OR deal.end_epoch >= $1::int8)
         AND worker.first_epoch + $2::int8 <= $1::int8
         AND coalesce(attendance.last_epoch, -1) + $2::int8 < $1::int8
       ORDER BY worker.deal, worker.node`,
      [epoch, maxMissedEpochs],
    ),
    store.database.query<WorkerKey>(
      `SELECT deal, node FROM worker
       WHERE NOT released AND last_epoch IS NULL AND notice_epoch <= $1::int8
       ORDER BY deal, node`,
      [epoch],
    ),
    store.database.query<WorkerKey>(
      `SELECT worker.deal, worker.node FROM worker
       JOIN deal ON deal.id = worker.deal
       WHERE NOT worker.released
         AND (worker.last_epoch + ceil(deal.dispute_window::numeric / $3::int8) < $1::int8 OR worker.deal = ANY($2::int8[]))
       ORDER BY worker.deal, worker.node`,
      [epoch, endedDeals, store.deployment.epochDuration],
    ),
    settleAfterEpochs === 0 ? [] : readUnpaid(store, epoch, settleAfterEpochs),
    store.database.query<WorkerKey>(
      `SELECT deal, node FROM worker
       WHERE NOT released AND tip > 0 AND (last_epoch IS NOT NULL OR challenge_end_epoch < $1::int8)
       ORDER BY deal, node`,
      [epoch],
    ),
  ]);
  const chores = oneEach({ settle: unpaid, evict: missing, endWorker: resigned, release: over });
  // A release pays the tip, too.
  const released = new Set(chores.filter(({ kind }) => kind === "release").map(placeOf));
  const due = tipped.filter((worker) => !released.has(placeOf(worker)));
  return [...chores, ...due.map(({ deal, node }) => ({ kind: "payTip" as const, deal, node }))];
}

/** Workers with at least so many completed epochs that nobody settled; of one that has ended those through its last. */
function readUnpaid(store: Store, epoch: number, settleAfterEpochs: number): Promise<WorkerKey[]> {
  return store.database.query<WorkerKey>(
    `SELECT worker.deal, worker.node FROM worker
     JOIN deal ON deal.id = worker.deal
     WHERE NOT worker.released
       AND worker.settled_epoch + $2::int8 < $1::int8 AND worker.first_epoch + $2::int8 <= $1::int8
       AND worker.settled_epoch < least(coalesce(worker.last_epoch, $1::int8), coalesce(deal.end_epoch, $1::int8))
     ORDER BY worker.deal, worker.node`,
    [epoch, settleAfterEpochs],
  );
}

interface ChoresParameters {
  readonly epoch: number;
  readonly maxMissedEpochs: number;
  /** Deals whose workers' last epoch is over, see {@link readEndedDeals}. */
  readonly endedDeals: readonly number[];
  readonly settleAfterEpochs: number;
}

function placeOf({ deal, node }: WorkerKey): string {
  return `${deal}-${node}`;
}

/** One chore a worker: what is over needs no eviction, and its end settles it. */
function oneEach(found: Record<Exclude<ChoreKind, "payTip">, readonly WorkerKey[]>): Chore[] {
  const chores = new Map<string, Chore>();
  for (const kind of ["settle", "evict", "endWorker", "release"] as const)
    for (const worker of found[kind])
      chores.set(placeOf(worker), { kind, deal: worker.deal, node: worker.node });
  return [...chores.values()];
}

/**
 * Deals with unreleased workers whose last epoch is over, and with it the time in which they can be disputed (in whole
 * epochs: it is looked up once in each). Many deals end without an event, so this looks at all.
 */
export function readEndedDeals(store: Store, epoch: number): Promise<number[]> {
  return inSnapshot(store, async (tx) => {
    const held = await tx.worker.findMany({
      where: { released: false },
      distinct: ["deal"],
      select: { deal: true },
    });
    const rows = await tx.deal.findMany({ where: { id: { in: held.map(({ deal }) => deal) } } });
    return rows
      .map((row) => plain(row) as unknown as DealRow)
      .filter((row) => {
        const { status, endEpoch } = deriveDeal(row, epoch);
        const heldEpochs = Math.ceil(row.disputeWindow / store.deployment.epochDuration);
        return status === "ended" && endEpoch !== null && endEpoch + heldEpochs < epoch;
      })
      .map(({ id }) => id);
  });
}
