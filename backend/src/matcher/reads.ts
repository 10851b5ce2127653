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

/**
 * Nodes whose offer in `token` is on: the cheapest first, among equals the one with fewer units in use, then by id.
 * @param limit most nodes
 */
export function readOfferingNodes(
  store: Store,
  { token, limit }: { token: string; limit: number },
): Promise<OfferingNode[]> {
  return store.database.query<OfferingNode>(
    `SELECT offer.node, node.provider, node.region_group AS region, node.country FROM offer JOIN node ON node.id = offer.node
     WHERE offer.token = $1 AND offer."on" AND NOT node.retired
     ORDER BY offer.ask_per_unit_epoch, node.units_in_use, node.id
     LIMIT $2`,
    [token, limit],
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
