import type { Database } from "./database.ts";

/** Notes why the matcher could not serve a deal; undefined: nothing hinders it any more. */
export async function writeHindrance(
  { query }: Pick<Database, "query">,
  deal: number,
  message: string | undefined,
): Promise<void> {
  if (message === undefined) {
    await query("DELETE FROM hindrance WHERE deal = $1", [deal]);
    return;
  }
  await query(
    "INSERT INTO hindrance (deal, message) VALUES ($1, $2) ON CONFLICT (deal) DO UPDATE SET message = excluded.message",
    [deal, message],
  );
}

/** Forgets the hindrances of deals that are not among `deals`. */
export async function keepHindrances(
  { query }: Pick<Database, "query">,
  deals: readonly number[],
): Promise<void> {
  await query("DELETE FROM hindrance WHERE NOT deal = ANY($1::int8[])", [deals]);
}

/** What hindered the matcher's last try for a deal; undefined if nothing did or the nodes themselves do. */
export async function readHindrance(
  { query }: Pick<Database, "query">,
  deal: number,
): Promise<string | undefined> {
  const [row] = await query<{ message: string }>("SELECT message FROM hindrance WHERE deal = $1", [deal]);
  return row?.message;
}
