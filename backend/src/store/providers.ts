import type { Heads } from "./heads.ts";
import { evictionsOf, missedEpochsOf } from "./nodes.ts";
import type { Prisma } from "./generated/client.ts";
import { plain, type ProviderRow, type StakeRow, type ThawRow } from "./rows.ts";
import { inSnapshot, page, parseCursor, type Item, type List, type Page } from "./snapshot.ts";
import type { Store } from "./store.ts";

/** A provider with a due payout change applied, its stake and thaws that are not withdrawn. */
export interface ProviderDetails extends ProviderRow {
  /** Nodes that are not retired. */
  nodes: number;
  /** completed epochs that its nodes did not attend, each since it first did */
  missedEpochs: number;
  evictions: number;
  stake: StakeRow;
  thaws: ThawRow[];
}

/** Lists providers by id. */
export function listProviders(store: Store, { limit, cursor }: Page): Promise<List<ProviderDetails>> {
  const [after = 0] = cursor === undefined ? [] : parseCursor(cursor, "small");
  return inSnapshot(store, async (tx, heads) => {
    const rows = await tx.provider.findMany({
      where: { id: { gt: after } },
      orderBy: { id: "asc" },
      take: limit + 1,
    });
    const items = await withDetails(tx, rows.map(plain), heads);
    return page(heads, items, limit, (row) => String(row.id));
  });
}

/** Reads one provider; undefined if the chain has none with this id. */
export function getProvider(store: Store, id: number): Promise<Item<ProviderDetails> | undefined> {
  return inSnapshot(store, async (tx, heads) => {
    const rows = await tx.provider.findMany({ where: { id } });
    const [item] = await withDetails(tx, rows.map(plain), heads);
    return item === undefined ? undefined : { ...heads, item };
  });
}

async function withDetails(
  tx: Prisma.TransactionClient,
  rows: ProviderRow[],
  { timestamp, epoch }: Heads,
): Promise<ProviderDetails[]> {
  const ids = rows.map((row) => row.id);
  const stakes = (await tx.stake.findMany({ where: { provider: { in: ids } } })).map(plain);
  const thaws = await tx.thaw.findMany({
    where: { provider: { in: ids }, withdrawn: false },
    orderBy: { thaw: "asc" },
  });
  const nodes = await tx.node.findMany({
    where: { provider: { in: ids } },
    select: { id: true, provider: true, retired: true },
  });
  const missed = await missedEpochsOf(tx, nodes, epoch);
  const evictions = await evictionsOf(
    tx,
    nodes.map(({ id }) => id),
  );
  const stakeOf = new Map(stakes.map((stake) => [stake.provider, stake]));
  const thawsOf = Map.groupBy(thaws.map(plain), (thaw) => thaw.provider);
  const nodesOf = Map.groupBy(nodes, (node) => node.provider);
  const sum = (provider: number, of: ReadonlyMap<number, number>) =>
    (nodesOf.get(provider) ?? []).reduce((total, { id }) => total + (of.get(id) ?? 0), 0);
  return rows.map((row) => ({
    ...payoutAt(row, timestamp),
    nodes: (nodesOf.get(row.id) ?? []).filter(({ retired }) => !retired).length,
    missedEpochs: sum(row.id, missed),
    evictions: sum(row.id, evictions),
    stake: stakeOf.get(row.id) ?? {
      provider: row.id,
      free: 0n,
      locked: 0n,
      thawing: 0n,
      escrowed: 0n,
      slashed: 0n,
    },
    thaws: thawsOf.get(row.id) ?? [],
  }));
}

/** Applies a payout change that is due at `timestamp` (unix seconds), as the registry does when it is asked. */
export function payoutAt<T extends Pick<ProviderRow, "payout" | "pendingPayout" | "payoutChangesAt">>(
  row: T,
  timestamp: number,
): T {
  const { pendingPayout, payoutChangesAt } = row;
  if (pendingPayout === null || payoutChangesAt === null || payoutChangesAt > timestamp) return row;
  return { ...row, payout: pendingPayout, pendingPayout: null, payoutChangesAt: null };
}
