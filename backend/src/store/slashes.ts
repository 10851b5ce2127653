import type { Prisma } from "./generated/client.ts";
import { plain, type SlashRow } from "./rows.ts";
import { inSnapshot, page, parseCursor, type List, type Page } from "./snapshot.ts";
import type { Store } from "./store.ts";

/** Lists slashes, the newest first. */
export function listSlashes(
  store: Store,
  {
    limit,
    cursor,
    provider,
    deal,
    state,
  }: Page & {
    provider?: number | undefined;
    deal?: number | undefined;
    state?: SlashRow["state"] | undefined;
  },
): Promise<List<SlashRow>> {
  const [before] = cursor === undefined ? [] : parseCursor(cursor, "big");
  return inSnapshot(store, async (tx, heads) => {
    const filters: Prisma.SlashWhereInput[] = [];
    if (before !== undefined) filters.push({ id: { lt: BigInt(before) } });
    if (provider !== undefined) filters.push({ provider });
    if (deal !== undefined) filters.push({ deal: BigInt(deal) });
    if (state !== undefined) filters.push({ state });
    const where = { AND: filters };
    const rows = await tx.slash.findMany({ where, orderBy: { id: "desc" }, take: limit + 1 });
    // The reducers alone write states.
    return page(heads, rows.map(plain) as SlashRow[], limit, (row) => String(row.id));
  });
}
