import type { Prisma } from "./generated/client.ts";
import { largestSmallId, plain, type AttestationRow } from "./rows.ts";
import { inSnapshot, invalidCursor, page, type List, type Page } from "./snapshot.ts";
import type { Store } from "./store.ts";

export interface AttestationDetails extends AttestationRow {
  /** false: it has expired, or the node's owner changed the node since */
  holds: boolean;
}

/** The attributes of each node beyond the packed ones. */
export async function furtherAttributesOf(
  tx: Prisma.TransactionClient,
  nodes: readonly number[],
): Promise<Map<number, { attribute: string; value: bigint }[]>> {
  const rows = await tx.attribute.findMany({
    where: { node: { in: [...nodes] } },
    orderBy: { attribute: "asc" },
  });
  return Map.groupBy(rows.map(plain), ({ node }) => node);
}

/** Lists attestations by node, attribute and attester. */
export function listAttestations(
  store: Store,
  { limit, cursor, node, attester }: Page & { node?: number | undefined; attester?: string | undefined },
): Promise<List<AttestationDetails>> {
  const after = cursor === undefined ? undefined : parseAttestationCursor(cursor);
  return inSnapshot(store, async (tx, heads) => {
    const filters: Prisma.AttestationWhereInput[] = [];
    if (node !== undefined) filters.push({ node });
    if (attester !== undefined) filters.push({ attester });
    if (after !== undefined) filters.push(isAfter(after));
    const rows = await tx.attestation.findMany({
      where: { AND: filters },
      orderBy: [{ node: "asc" }, { attribute: "asc" }, { attester: "asc" }],
      take: limit + 1,
    });
    const nodes = await tx.node.findMany({ where: { id: { in: rows.map((row) => row.node) } } });
    const revisions = new Map(nodes.map((row) => [row.id, Number(row.revision)]));
    const items = rows.map(plain).map((row) => ({
      ...row,
      holds: heads.timestamp < row.expiresAt && row.revision === revisions.get(row.node),
    }));
    return page(heads, items, limit, (row) => `${row.node}-${row.attribute}-${row.attester}`);
  });
}

interface Place {
  node: number;
  attribute: string;
  attester: string;
}

function isAfter({ node, attribute, attester }: Place): Prisma.AttestationWhereInput {
  return {
    node: { gte: node }, // what an index can begin at; it can't at an OR
    OR: [
      { node: { gt: node } },
      { node, attribute: { gt: attribute } },
      { node, attribute, attester: { gt: attester } },
    ],
  };
}

function parseAttestationCursor(cursor: string): Place {
  const [, node, attribute, attester] =
    /^(\d{1,10})-(0x[0-9a-f]{64})-(0x[0-9a-fA-F]{40})$/.exec(cursor) ?? [];
  if (node === undefined || attribute === undefined || attester === undefined) throw invalidCursor(cursor);
  if (Number(node) > largestSmallId) throw invalidCursor(cursor);
  return { node: Number(node), attribute, attester };
}
