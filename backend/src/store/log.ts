import type { Prisma } from "./generated/client.ts";
import { plain, type CreditRow, type EventRow, type PaymentRow } from "./rows.ts";
import { inSnapshot, page, parseCursor, type List, type Page } from "./snapshot.ts";
import type { Store } from "./store.ts";

/** An event's id, "block-logIndex". */
export function eventId(row: { blockNumber: number; logIndex: number }): string {
  return `${row.blockNumber}-${row.logIndex}`;
}

/** Lists payments in the order of the chain. `next` is also the id of the last row: "block-logIndex-part". */
export function listPayments(
  store: Store,
  { limit, cursor, deal, provider }: Page & { deal?: number | undefined; provider?: number | undefined },
): Promise<List<PaymentRow>> {
  const after = cursor === undefined ? undefined : parseCursor(cursor, "big", "small", "small");
  return inSnapshot(store, async (tx, heads) => {
    const filters: Prisma.PaymentWhereInput[] = [];
    if (deal !== undefined) filters.push({ deal: BigInt(deal) });
    if (provider !== undefined) filters.push({ provider });
    if (after !== undefined) {
      const [block = 0, logIndex = 0, part = 0] = after;
      const blockNumber = BigInt(block);
      // What an index can begin at; it can't at an OR.
      filters.push({ blockNumber: { gte: blockNumber } });
      filters.push({
        OR: [
          { blockNumber: { gt: blockNumber } },
          { blockNumber, logIndex: { gt: logIndex } },
          { blockNumber, logIndex, part: { gt: part } },
        ],
      });
    }
    const rows = await tx.payment.findMany({
      where: { AND: filters },
      orderBy: [{ blockNumber: "asc" }, { logIndex: "asc" }, { part: "asc" }],
      take: limit + 1,
    });
    // The reducers alone write kinds.
    return page(heads, rows.map(plain) as PaymentRow[], limit, paymentId);
  });
}

/** A payment's id, "block-logIndex-part". */
export function paymentId(row: { blockNumber: number; logIndex: number; part: number }): string {
  return `${eventId(row)}-${row.part}`;
}

/** Lists events in the order of the chain; `cursor` is the id of the event before the first one wanted. */
export function listEvents(
  store: Store,
  { limit, cursor, deal, node }: Page & { deal?: number | undefined; node?: number | undefined },
): Promise<List<EventRow>> {
  const after = cursor === undefined ? undefined : parseCursor(cursor, "big", "small");
  return inSnapshot(store, async (tx, heads) => {
    const filters: Prisma.EventWhereInput[] = [{ chain: BigInt(store.deployment.chainId) }];
    if (deal !== undefined) filters.push({ deal: BigInt(deal) });
    if (node !== undefined) filters.push({ node });
    if (after !== undefined) {
      const [block = 0, logIndex = 0] = after;
      const blockNumber = BigInt(block);
      // What an index can begin at; it can't at an OR.
      filters.push({ blockNumber: { gte: blockNumber } });
      filters.push({
        OR: [{ blockNumber: { gt: blockNumber } }, { blockNumber, logIndex: { gt: logIndex } }],
      });
    }
    const rows = await tx.event.findMany({
      where: { AND: filters },
      orderBy: [{ blockNumber: "asc" }, { logIndex: "asc" }],
      take: limit + 1,
    });
    return page(heads, rows.map(plain) as EventRow[], limit, eventId);
  });
}

/** What Deals holds for an account to pull, by kind and token. */
export function listCredits(store: Store, account: string): Promise<List<CreditRow>> {
  return inSnapshot(store, async (tx, heads) => {
    const rows = await tx.credit.findMany({
      where: { account },
      orderBy: [{ kind: "asc" }, { token: "asc" }],
    });
    return { ...heads, items: rows.map(plain), next: null };
  });
}
