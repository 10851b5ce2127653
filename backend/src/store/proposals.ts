import { plain, type ProposalRow, type VoteRow } from "./rows.ts";
import { inSnapshot, invalidCursor, page, parseCursor, type Item, type List, type Page } from "./snapshot.ts";
import type { Store } from "./store.ts";

/** Lists proposals, the newest first. */
export function listProposals(store: Store, { limit, cursor }: Page): Promise<List<ProposalRow>> {
  const [before] = cursor === undefined ? [] : parseCursor(cursor, "big");
  return inSnapshot(store, async (tx, heads) => {
    const where = before === undefined ? {} : { id: { lt: BigInt(before) } };
    const rows = await tx.proposal.findMany({ where, orderBy: { id: "desc" }, take: limit + 1 });
    // The indexer alone writes calls.
    return page(heads, rows.map(plain) as unknown as ProposalRow[], limit, (row) => String(row.id));
  });
}

/** Reads one proposal; undefined if the chain has none with this id. */
export function getProposal(store: Store, id: number): Promise<Item<ProposalRow> | undefined> {
  return inSnapshot(store, async (tx, heads) => {
    const row = await tx.proposal.findUnique({ where: { id: BigInt(id) } });
    return row === null ? undefined : { ...heads, item: plain(row) as unknown as ProposalRow };
  });
}

/** Lists the votes on a proposal by voter. */
export function listVotes(
  store: Store,
  { limit, cursor, proposal }: Page & { proposal: number },
): Promise<List<VoteRow>> {
  if (cursor !== undefined && !/^0x[0-9a-fA-F]{40}$/.test(cursor)) throw invalidCursor(cursor);
  return inSnapshot(store, async (tx, heads) => {
    const voter = cursor === undefined ? {} : { voter: { gt: cursor } };
    const where = { proposal: BigInt(proposal), ...voter };
    const rows = await tx.vote.findMany({ where, orderBy: { voter: "asc" }, take: limit + 1 });
    return page(heads, rows.map(plain), limit, (row) => row.voter);
  });
}
