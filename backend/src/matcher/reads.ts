import { termsFromJson, type Terms } from "@millrace/sdk";
import { deriveDeal } from "../store/deriveDeal.ts";
import { plain, type DealRow } from "../store/rows.ts";
import { inSnapshot } from "../store/snapshot.ts";
import type { Store } from "../store/store.ts";
import { presentTerms } from "../terms.ts";

/** A deal that wants more workers, as far as the index knows. */
export interface WaitingDeal {
  readonly id: number;
  readonly terms: Terms;
}

/** Whose a node is and where. */
export interface Place {
  readonly provider: number;
  readonly region: number;
  readonly country: number;
}

/** A node with an offer. */
export interface OfferingNode extends Place {
  readonly node: number;
}

/**
 * Deals with fewer workers than they want and an epoch to come, by id.
 * @param createdThroughBlock newest block whose deals count
 */
export function readWaitingDeals(
  store: Store,
  { createdThroughBlock }: { createdThroughBlock: number },
): Promise<WaitingDeal[]> {
  return inSnapshot(store, async (tx, { epoch }) => {
    const rows = await tx.deal.findMany({
      where: {
        workers: { lt: store.prisma.deal.fields.targetWorkers },
        // Terms may name the end; a worker needs an epoch to come.
        OR: [{ endEpoch: null }, { endEpoch: { gt: BigInt(epoch) } }],
        createdAtBlock: { lte: BigInt(Math.max(0, createdThroughBlock)) },
      },
      orderBy: { id: "asc" },
    });
    return rows
      .map((row) => plain(row) as unknown as DealRow)
      .filter((row) => deriveDeal(row, epoch).status !== "ended")
      .map((row) => ({ id: row.id, terms: termsFromJson(presentTerms(row.terms)) }));
  });
}

/** Nodes of one provider that are asked about before those of others: its stake may not do for more. */
const nodesAProvider = 50;

/** Whom a deal asks for, as far as it narrows down its nodes. */
export interface Need {
  readonly token: string;
  readonly unitsPerWorker: number;
  /** stake that a worker locks, in the smallest unit of MILL */
  readonly lock: bigint;
}

/**
 * Nodes whose offer in the token is on: the cheapest first, among equals the one with fewer units in use, then by id. Those
 * that could not serve now, for want of units, stake or attendance, come last: cheap offers without anything behind them
 * cost nothing, and would keep all others from being asked about.
 * @param limit most nodes
 */
export function readOfferingNodes(
  store: Store,
  { token, unitsPerWorker, lock, limit }: Need & { limit: number },
): Promise<OfferingNode[]> {
  return store.database.query<OfferingNode>(
    `WITH offering AS (
       SELECT offer.node, node.provider, node.region_group AS region, node.country, node.units_in_use,
         offer.ask_per_unit_epoch AS ask,
         coalesce(
           node.units - node.units_in_use >= $2::int8 AND stake.free >= $3::numeric
             AND attendance.last_epoch >= (SELECT max(last_epoch) - 1 FROM attendance),
           false
         ) AS ready
       FROM offer JOIN node ON node.id = offer.node
         LEFT JOIN stake ON stake.provider = node.provider
         LEFT JOIN attendance ON attendance.node = node.id
       WHERE offer.token = $1 AND offer."on" AND NOT node.retired
     ), ranked AS (
       SELECT *, row_number() OVER (PARTITION BY provider, ready ORDER BY ask, units_in_use, node) AS place FROM offering
     )
     SELECT node, provider, region, country FROM ranked
     ORDER BY ready AND place <= ${nodesAProvider} DESC, ready DESC, ask, units_in_use, node
     LIMIT $4`,
    [token, unitsPerWorker, lock.toString(), limit],
  );
}

/** Where the workers of a deal are that did not end. */
export function readPlaces(store: Store, deal: number): Promise<Place[]> {
  return store.database.query<Place>(
    `SELECT node.provider, node.region_group AS region, node.country FROM worker
     JOIN node ON node.id = worker.node
     WHERE worker.deal = $1::int8 AND NOT worker.released AND worker.last_epoch IS NULL`,
    [deal],
  );
}
