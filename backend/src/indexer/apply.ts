import type { AnyChainEvent } from "../chain/events.ts";
import type { BlockHeader, Cursor } from "../store/cursor.ts";
import { ingest, type Ingestion } from "../store/ingest.ts";
import type { Store } from "../store/store.ts";
import { fold, toRow } from "./fold.ts";
import { keysOf } from "./reducers/reducer.ts";

/** An unfinalized block with all its events. */
export interface FetchedBlock {
  header: BlockHeader;
  events: AnyChainEvent[];
}

/** Writes a finalized range in one transaction; `last` is its last block. It can't be taken back. */
export function applyRange(
  store: Store,
  cursor: Cursor,
  last: BlockHeader,
  events: AnyChainEvent[],
): Promise<void> {
  return ingest(store, cursor.hash, async (ingestion) => {
    await foldNew(store, ingestion, events);
    await ingestion.rows.flush();
    await ingestion.insertBlocks([last]);
    await ingestion.advance({ ...last, finalizedNumber: last.number });
  });
}

/**
 * Writes unfinalized blocks in one transaction, with what takes each of them back. `ancestor` is the parent of the first:
 * what the index holds after it is taken back first.
 */
export function applyBlocks(
  store: Store,
  { cursor, ancestor, blocks }: { cursor: Cursor; ancestor: number; blocks: FetchedBlock[] },
  finalizedNumber: number,
): Promise<void> {
  const last = blocks.at(-1);
  if (last === undefined) throw new Error("No block to apply");
  return ingest(store, cursor.hash, async (ingestion) => {
    if (ancestor < cursor.number) await ingestion.undoAfter(ancestor);
    for (const { header, events } of blocks) {
      await foldNew(store, ingestion, events);
      await ingestion.rows.flush({ chain: store.deployment.chainId, blockNumber: header.number });
    }
    await ingestion.insertBlocks(blocks.map((block) => block.header));
    await ingestion.advance({ ...last.header, finalizedNumber });
  });
}

/** Writes the block before the deployment's first one, from which everything follows. */
export function applyStart(store: Store, start: BlockHeader): Promise<void> {
  return ingest(store, null, async (ingestion) => {
    await ingestion.insertBlocks([start]);
    await ingestion.advance({ ...start, finalizedNumber: start.number });
  });
}

async function foldNew(store: Store, ingestion: Ingestion, events: AnyChainEvent[]): Promise<void> {
  const startedAt = performance.now();
  const inserted = await ingestion.insertEvents(events.map(toRow));
  const places = new Set(inserted.map((row) => `${row.blockNumber}-${row.logIndex}`));
  const isNew = events.filter((event) => places.has(`${event.blockNumber}-${event.logIndex}`));
  await ingestion.rows.prefetch(isNew.flatMap(keysOf));
  const context = { rows: ingestion.rows, deployment: store.deployment };
  for (const event of isNew) await fold(context, event);
  store.ingestion?.onFolded(isNew.length, (performance.now() - startedAt) / 1_000);
}
