import { readCursor } from "../store/cursor.ts";
import { ingest, readBlocks, type Ingestion, type NewEvent } from "../store/ingest.ts";
import type { Store } from "../store/store.ts";
import { fold, fromRow } from "./fold.ts";
import { keysOf } from "./reducers/reducer.ts";

const pageSize = 2_500;

/**
 * Empties the derived tables and folds all stored events into them again, in one transaction: the repair after a fault in a
 * reducer. The images that undo unfinalized blocks are made anew. Does nothing before the first block.
 * @returns how many events were folded
 */
export async function refold(store: Store): Promise<number> {
  const cursor = await readCursor(store);
  if (cursor === undefined) return 0;
  const blocks = (await readBlocks(store)).filter((block) => block.number > cursor.finalizedNumber);
  const { chainId: chain } = store.deployment;
  return ingest(store, cursor.hash, async (ingestion) => {
    await ingestion.clearDerived();
    let count = await foldRange(store, ingestion, 0, cursor.finalizedNumber);
    for (const { number } of blocks) {
      count += await foldRange(store, ingestion, number, number, { chain, blockNumber: number });
    }
    return count;
  });
}

async function foldRange(
  store: Store,
  ingestion: Ingestion,
  from: number,
  to: number,
  undo?: { chain: number; blockNumber: number },
): Promise<number> {
  // An unfinalized block is one page: its rows' images must be written once.
  const limit = undo === undefined ? pageSize : Number.MAX_SAFE_INTEGER;
  const { rows } = ingestion;
  let count = 0;
  let after = { blockNumber: from, logIndex: -1 };
  for (;;) {
    const page: NewEvent[] = await ingestion.readEvents({ after, toBlock: to, limit });
    const events = page.map(fromRow);
    await rows.prefetch(events.flatMap(keysOf));
    for (const event of events) await fold({ rows, deployment: store.deployment }, event);
    await rows.flush(undo);
    rows.forget();
    count += page.length;
    const last = page.at(-1);
    if (last === undefined || page.length < limit) return count;
    after = last;
  }
}
