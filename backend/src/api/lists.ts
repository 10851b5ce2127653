import { MillraceError } from "@millrace/sdk";
import { Type } from "typebox";
import { largestSmallId } from "../store/rows.ts";
import type { Item, List, Page } from "../store/snapshot.ts";

/** Most items of one answer; who asks for more gets this many and the cursor of the rest. */
const maxPage = 200;
const defaultPage = 100;

export const idParams = Type.Object({
  id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
});

/** The page that a query asks for. */
export function pageOf(query: { limit?: number; cursor?: string }): Page {
  return { limit: Math.min(query.limit ?? defaultPage, maxPage), cursor: query.cursor };
}

/**
 * A provider's or node's id from a query.
 * @throws {@link MillraceError} `request-invalid` if no provider or node can have it
 */
export function smallId(id: number | undefined): number | undefined {
  if (id === undefined || id <= largestSmallId) return id;
  throw new MillraceError({
    code: "request-invalid",
    shortMessage: `${id} is too large for the id of a provider or node.`,
  });
}

/** True if a provider or node can have this id at all. */
export function isSmallId(id: number): boolean {
  return id <= largestSmallId;
}

/** The envelope of a list. */
export function presentList<Row, Json>(list: List<Row>, present: (row: Row) => Json) {
  const { asOfBlock, finalizedBlock, items, next } = list;
  return { asOfBlock, finalizedBlock, items: items.map(present), next };
}

/** The envelope of one item. */
export function presentItem<Row, Json>(found: Item<Row>, present: (row: Row) => Json) {
  const { asOfBlock, finalizedBlock, item } = found;
  return { asOfBlock, finalizedBlock, item: present(item) };
}
