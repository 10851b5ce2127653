import { MillraceError } from "@millrace/sdk";
import type { Heads } from "./heads.ts";
import { readHeads } from "./heads.ts";
import type { Prisma } from "./generated/client.ts";
import { largestSmallId } from "./rows.ts";
import type { Store } from "./store.ts";

/** One page to read: at most `limit` rows after `cursor`, which is the `next` of the page before. */
export interface Page {
  limit: number;
  cursor?: string | undefined;
}

/** Rows and the chain state that they show; `next` is null on the last page. */
export interface List<T> extends Heads {
  items: T[];
  next: string | null;
}

export interface Item<T> extends Heads {
  item: T;
}

/** Reads within one snapshot of the database, so that an answer never mixes two blocks. */
export function inSnapshot<T>(
  store: Store,
  read: (tx: Prisma.TransactionClient, heads: Heads) => Promise<T>,
): Promise<T> {
  return store.prisma.$transaction(async (tx) => read(tx, await readHeads(tx, store.deployment)), {
    isolationLevel: "RepeatableRead",
    maxWait: 10_000,
    timeout: 10_000,
  });
}

/** Cuts the row that was read beyond `limit` off and makes the cursor from the last one that stays. */
export function page<T>(heads: Heads, rows: T[], limit: number, cursorOf: (row: T) => string): List<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const next = rows.length > limit && last !== undefined ? cursorOf(last) : null;
  return { ...heads, items, next };
}

/** What the columns of a cursor hold: `big` ids of deals, blocks and seconds, `small` ids of nodes and places in a block. */
type CursorPart = "big" | "small";

/**
 * The whole numbers of a cursor such as "12-3".
 * @throws MillraceError `cursor-invalid`
 */
export function parseCursor(cursor: string, ...parts: readonly CursorPart[]): number[] {
  const texts = cursor.split("-");
  const numbers = texts.map((text) => (/^\d{1,15}$/.test(text) ? Number(text) : Number.NaN));
  const fits = parts.every((part, index) => {
    const number = numbers[index] ?? Number.NaN;
    return part === "big" ? !Number.isNaN(number) : number <= largestSmallId;
  });
  if (numbers.length !== parts.length || !fits) throw invalidCursor(cursor);
  return numbers;
}

/** The error for a cursor that no page of the list gave. */
export function invalidCursor(cursor: string): MillraceError {
  return new MillraceError({
    code: "cursor-invalid",
    shortMessage: `"${cursor}" isn't a cursor of this list.`,
    nextStep: "Give the `next` of the page before, or leave it out to start over.",
  });
}
