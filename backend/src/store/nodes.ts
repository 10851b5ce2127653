import { endCauses, type NodeUnits } from "@millrace/sdk";
import { furtherAttributesOf } from "./attestations.ts";
import type { Prisma } from "./generated/client.ts";
import { largestSmallId, plain, type NodeRow, type OfferRow } from "./rows.ts";
import { inSnapshot, invalidCursor, page, parseCursor, type Item, type List, type Page } from "./snapshot.ts";
import type { Store } from "./store.ts";

/** A node with the operator key in force and what it attended. */
export interface NodeDetails extends NodeRow {
  /** beyond the packed ones */
  furtherAttributes: { attribute: string; value: bigint }[];
  operator: string;
  lastAttendedEpoch: number | null;
  attendedEpochs: number;
  /** completed epochs that it did not attend since it first did */
  missedEpochs: number;
  /** workers of it that were evicted */
  evictions: number;
}

export interface OfferDetails extends OfferRow {
  freeUnits: number;
}

/** The chain's number of the cause, as the log holds numbers. */
const evicted = String(endCauses.indexOf("evicted") + 1);

/** Lists nodes by id. */
export function listNodes(
  store: Store,
  { limit, cursor, provider }: Page & { provider?: number | undefined },
): Promise<List<NodeDetails>> {
  const [after = 0] = cursor === undefined ? [] : parseCursor(cursor, "small");
  return inSnapshot(store, async (tx, heads) => {
    const where = { id: { gt: after }, ...(provider === undefined ? {} : { provider }) };
    const rows = await tx.node.findMany({ where, orderBy: { id: "asc" }, take: limit + 1 });
    const items = await withOperators(tx, rows.map(plain), heads.epoch);
    return page(heads, items, limit, (row) => String(row.id));
  });
}

/** Reads one node; undefined if the chain has none with this id. */
export function getNode(store: Store, id: number): Promise<Item<NodeDetails> | undefined> {
  return inSnapshot(store, async (tx, heads) => {
    const rows = await tx.node.findMany({ where: { id } });
    const [item] = await withOperators(tx, rows.map(plain), heads.epoch);
    return item === undefined ? undefined : { ...heads, item };
  });
}

async function withOperators(
  tx: Prisma.TransactionClient,
  rows: NodeRow[],
  epoch: number,
): Promise<NodeDetails[]> {
  const ids = rows.map((row) => row.id);
  const operators = await operatorsAt(tx, ids, epoch);
  const attendance = (await tx.attendance.findMany({ where: { node: { in: ids } } })).map(plain);
  const attendanceOf = new Map(attendance.map((row) => [row.node, row]));
  const missed = await missedEpochsOf(tx, rows, epoch);
  const evictions = await evictionsOf(tx, ids);
  const further = await furtherAttributesOf(tx, ids);
  return rows.map((row) => ({
    ...row,
    furtherAttributes: further.get(row.id) ?? [],
    operator: operators.get(row.id) ?? "",
    lastAttendedEpoch: attendanceOf.get(row.id)?.lastEpoch ?? null,
    attendedEpochs: attendanceOf.get(row.id)?.epochs ?? 0,
    missedEpochs: missed.get(row.id) ?? 0,
    evictions: evictions.get(row.id) ?? 0,
  }));
}

/** The completed epochs that each node did not attend since it first did; a retired node misses none any more. */
export async function missedEpochsOf(
  tx: Prisma.TransactionClient,
  nodes: readonly Pick<NodeRow, "id" | "retired">[],
  epoch: number,
): Promise<Map<number, number>> {
  const where = { node: { in: nodes.map(({ id }) => id) } };
  const absences = (await tx.absence.findMany({ where })).map(plain);
  const last = new Map(
    (await tx.attendance.findMany({ where })).map((row) => [row.node, Number(row.lastEpoch)]),
  );
  const missed = new Map<number, number>();
  const add = (node: number, epochs: number) => missed.set(node, (missed.get(node) ?? 0) + epochs);
  for (const { node, fromEpoch, throughEpoch } of absences) add(node, throughEpoch - fromEpoch + 1);
  for (const { id, retired } of nodes)
    add(id, retired ? 0 : Math.max(0, epoch - 1 - (last.get(id) ?? epoch)));
  return missed;
}

/** How many workers of each node were evicted. */
export async function evictionsOf(
  tx: Prisma.TransactionClient,
  nodes: readonly number[],
): Promise<Map<number, number>> {
  const cause = { path: ["cause"], equals: evicted };
  const where = { node: { in: [...nodes] }, name: "WorkerEnded", args: cause };
  const counts = await tx.event.groupBy({ by: ["node"], where, _count: true });
  return new Map(counts.map(({ node, _count }) => [node ?? 0, _count]));
}

/** The operator key of each node in `epoch`; before a node's first epoch the key that it starts with. */
export async function operatorsAt(
  tx: Prisma.TransactionClient,
  nodes: number[],
  epoch: number,
): Promise<Map<number, string>> {
  const keys = await tx.operatorKey.findMany({
    where: { node: { in: nodes } },
    orderBy: [{ fromEpoch: "asc" }, { operator: "asc" }],
  });
  const operators = new Map<number, string>();
  for (const key of keys.map(plain)) {
    const replaced = key.untilEpoch !== null && key.untilEpoch <= key.fromEpoch;
    if (!replaced && (key.fromEpoch <= epoch || !operators.has(key.node)))
      operators.set(key.node, key.operator);
  }
  return operators;
}

/** Lists offers by node and token. */
export function listOffers(
  store: Store,
  { limit, cursor, token, node }: Page & { token?: string | undefined; node?: number | undefined },
): Promise<List<OfferDetails>> {
  const after = cursor === undefined ? undefined : parseOfferCursor(cursor);
  return inSnapshot(store, async (tx, heads) => {
    const filters: Prisma.OfferWhereInput[] = [];
    if (token !== undefined) filters.push({ token });
    if (node !== undefined) filters.push({ node });
    if (after !== undefined) {
      // What an index can begin at; it can't at an OR.
      filters.push({ node: { gte: after.node } });
      filters.push({ OR: [{ node: { gt: after.node } }, { node: after.node, token: { gt: after.token } }] });
    }
    const rows = await tx.offer.findMany({
      where: { AND: filters },
      orderBy: [{ node: "asc" }, { token: "asc" }],
      take: limit + 1,
    });
    const nodes = await tx.node.findMany({ where: { id: { in: rows.map((row) => row.node) } } });
    const free = new Map(nodes.map((row) => [row.id, row.retired ? 0 : row.units - row.unitsInUse]));
    const items = rows.map((row) => ({ ...plain(row), freeUnits: free.get(row.node) ?? 0 }));
    return page(heads, items, limit, (row) => `${row.node}-${row.token}`);
  });
}

function parseOfferCursor(cursor: string): { node: number; token: string } {
  const [, node, token] = /^(\d{1,10})-(0x[0-9a-fA-F]{40})$/.exec(cursor) ?? [];
  if (node === undefined || token === undefined || Number(node) > largestSmallId) throw invalidCursor(cursor);
  return { node: Number(node), token };
}

/** How full some nodes are, the first `limit` of them by id. */
export async function readUnits(
  { prisma }: Store,
  { nodes, limit }: { nodes: readonly number[]; limit: number },
): Promise<NodeUnits[]> {
  const rows = await prisma.node.findMany({
    where: { id: { in: [...nodes] } },
    orderBy: { id: "asc" },
    take: limit,
    select: { id: true, units: true, unitsInUse: true },
  });
  return rows.map(({ id, ...units }) => ({ node: id, ...units }));
}
