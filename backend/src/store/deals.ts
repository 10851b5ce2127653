import type { DealStatus } from "@millrace/sdk";
import { deriveDeal, type DealState } from "./deriveDeal.ts";
import type { Prisma } from "./generated/client.ts";
import type { Heads } from "./heads.ts";
import { operatorsAt } from "./nodes.ts";
import { plain, type DealRow, type ScalerRow, type WorkerRow } from "./rows.ts";
import { inSnapshot, page, parseCursor, type Item, type List, type Page } from "./snapshot.ts";
import type { Store } from "./store.ts";

/** A worker and where it is reached. */
export interface WorkerDetails extends WorkerRow {
  endpoint: string;
  operator: string;
}

/** A version of a deal's module; version 0 is the one in its terms. */
export interface ModuleInForce {
  version: number;
  moduleDigest: string;
  functionCommitment: string;
  fromEpoch: number;
}

/** A deal, what it is in the present epoch, its workers that are not released and the providers it bars. */
export interface DealDetails {
  row: DealRow;
  state: DealState;
  module: ModuleInForce;
  /** The one that is set and not yet in force. */
  nextModule: ModuleInForce | undefined;
  workers: WorkerDetails[];
  barredProviders: number[];
  /** Who may change its target beside its owner. */
  scaler: ScalerRow | undefined;
}

/** Lists deals by id; `owner` is a checksummed address, `status` is that of the present epoch. */
export function listDeals(
  store: Store,
  {
    limit,
    cursor,
    owner,
    status,
  }: Page & { owner?: string | undefined; status?: DealStatus | readonly DealStatus[] | undefined },
): Promise<List<DealDetails>> {
  const [after = 0] = cursor === undefined ? [] : parseCursor(cursor, "big");
  const wanted = status === undefined ? undefined : new Set([status].flat());
  return inSnapshot(store, async (tx, heads) => {
    const found: DealRow[] = [];
    const batch = wanted === undefined ? limit + 1 : Math.max(500, limit + 1);
    let from = BigInt(after);
    // The status isn't a column: it changes with every epoch without an event.
    while (found.length <= limit) {
      const where = { id: { gt: from }, ...(owner === undefined ? {} : { owner }) };
      const rows = await tx.deal.findMany({ where, orderBy: { id: "asc" }, take: batch });
      for (const row of rows.map(dealRow))
        if (wanted === undefined || wanted.has(deriveDeal(row, heads.epoch).status)) found.push(row);
      const last = rows.at(-1);
      if (last === undefined || rows.length < batch) break;
      from = last.id;
    }
    const { items, next } = page(heads, found, limit, (row) => String(row.id));
    return { ...heads, items: await withWorkers(tx, items, heads), next };
  });
}

/** Reads one deal; undefined if the chain has none with this id. */
export function getDeal(store: Store, id: number): Promise<Item<DealDetails> | undefined> {
  return inSnapshot(store, async (tx, heads) => {
    const rows = await tx.deal.findMany({ where: { id: BigInt(id) } });
    const [item] = await withWorkers(tx, rows.map(dealRow), heads);
    return item === undefined ? undefined : { ...heads, item };
  });
}

/** Lists the workers of a deal or of a node by (deal, node), released ones only if asked for. */
export function listWorkers(
  store: Store,
  {
    limit,
    cursor,
    deal,
    node,
    released = false,
  }: Page & { deal?: number | undefined; node?: number | undefined; released?: boolean },
): Promise<List<WorkerDetails>> {
  const after = cursor === undefined ? undefined : parseCursor(cursor, "big", "small");
  return inSnapshot(store, async (tx, heads) => {
    const filters: Prisma.WorkerWhereInput[] = [];
    if (deal !== undefined) filters.push({ deal: BigInt(deal) });
    if (node !== undefined) filters.push({ node });
    if (!released) filters.push({ released: false });
    if (after !== undefined) {
      const [afterDeal = 0, afterNode = 0] = after;
      // What an index can begin at; it can't at an OR.
      filters.push({ deal: { gte: BigInt(afterDeal) } });
      filters.push({
        OR: [{ deal: { gt: BigInt(afterDeal) } }, { deal: BigInt(afterDeal), node: { gt: afterNode } }],
      });
    }
    const rows = await tx.worker.findMany({
      where: { AND: filters },
      orderBy: [{ deal: "asc" }, { node: "asc" }],
      take: limit + 1,
    });
    const items = await withEndpoints(tx, rows.map(plain), heads.epoch);
    return page(heads, items, limit, (row) => `${row.deal}-${row.node}`);
  });
}

function dealRow(row: Prisma.DealModel): DealRow {
  // The indexer alone writes terms, from the ABI's types.
  return plain(row) as unknown as DealRow;
}

async function withWorkers(
  tx: Prisma.TransactionClient,
  rows: DealRow[],
  heads: Heads,
): Promise<DealDetails[]> {
  const ids = rows.map((row) => BigInt(row.id));
  const workers = await tx.worker.findMany({
    where: { deal: { in: ids }, released: false },
    orderBy: [{ deal: "asc" }, { node: "asc" }],
  });
  const versions = await tx.moduleVersion.findMany({
    where: { deal: { in: ids } },
    orderBy: [{ deal: "asc" }, { version: "asc" }],
  });
  const bars = await tx.bar.findMany({ where: { deal: { in: ids } }, orderBy: { provider: "asc" } });
  const scalers = await tx.scaler.findMany({ where: { deal: { in: ids }, key: { not: null } } });
  const details = await withEndpoints(tx, workers.map(plain), heads.epoch);
  const scalerOf = new Map(scalers.map(plain).map((scaler) => [scaler.deal, scaler]));
  const workersOf = Map.groupBy(details, (worker) => worker.deal);
  const barsOf = Map.groupBy(bars.map(plain), (bar) => bar.deal);
  const versionsOf = Map.groupBy(versions.map(plain), (version) => version.deal);
  return rows.map((row) => ({
    row,
    state: deriveDeal(row, heads.epoch),
    ...modulesAt(row, versionsOf.get(row.id) ?? [], heads.epoch),
    workers: workersOf.get(row.id) ?? [],
    barredProviders: (barsOf.get(row.id) ?? []).map((bar) => bar.provider),
    scaler: scalerOf.get(row.id),
  }));
}

/** @param versions oldest first */
function modulesAt(
  { terms }: DealRow,
  versions: readonly ModuleInForce[],
  epoch: number,
): Pick<DealDetails, "module" | "nextModule"> {
  const { moduleDigest, functionCommitment } = terms;
  const ofTerms = { version: 0, moduleDigest, functionCommitment, fromEpoch: 0 };
  return {
    module: versions.findLast(({ fromEpoch }) => fromEpoch <= epoch) ?? ofTerms,
    nextModule: versions.find(({ fromEpoch }) => fromEpoch > epoch),
  };
}

async function withEndpoints(
  tx: Prisma.TransactionClient,
  rows: WorkerRow[],
  epoch: number,
): Promise<WorkerDetails[]> {
  const ids = [...new Set(rows.map((row) => row.node))];
  const nodes = await tx.node.findMany({ where: { id: { in: ids } } });
  const endpoints = new Map(nodes.map((node) => [node.id, node.endpoint]));
  const operators = await operatorsAt(tx, ids, epoch);
  return rows.map((row) => ({
    ...row,
    endpoint: endpoints.get(row.node) ?? "",
    operator: operators.get(row.node) ?? "",
  }));
}
