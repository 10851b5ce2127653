import { assertCursor, writeCursor, type BlockHeader, type Cursor } from "./cursor.ts";
import type { Sql } from "./database.ts";
import { createRowCache, putRows, removeRows, type RowCache } from "./rowCache.ts";
import type { EventRow } from "./rows.ts";
import type { Store } from "./store.ts";
import { tableNames, tables, type TableName } from "./tables.ts";

export type NewEvent = Omit<EventRow, "chain">;

/** One transaction of the indexer. */
export interface Ingestion {
  readonly rows: RowCache;
  /** Inserts events and returns those that weren't there, in the order given. */
  insertEvents(events: NewEvent[]): Promise<NewEvent[]>;
  /** Remembers unfinalized blocks. */
  insertBlocks(blocks: BlockHeader[]): Promise<void>;
  /** Takes back every block after `number`: rows from their images, then the blocks' events. Before any `rows` are read. */
  undoAfter(number: number): Promise<void>;
  /** Empties every derived table and forgets how to take blocks back. */
  clearDerived(): Promise<void>;
  /** Reads events after a place, in the order of the chain, up to and including `toBlock`. */
  readEvents(parameters: {
    after: { blockNumber: number; logIndex: number };
    toBlock: number;
    limit: number;
  }): Promise<NewEvent[]>;
  /** Moves the cursor and forgets how to take finalized blocks back. */
  advance(cursor: Cursor): Promise<void>;
}

/**
 * Runs one transaction that first asserts that the cursor stands on `expectedHash` (null: nothing indexed yet).
 * @throws MillraceError `cursor-moved`; nothing is written then
 */
export function ingest<T>(
  store: Store,
  expectedHash: string | null,
  work: (ingestion: Ingestion) => Promise<T>,
): Promise<T> {
  const { chainId: chain } = store.deployment;
  return store.database.transaction(async (sql) => {
    await store.ingestion?.fence(sql);
    await assertCursor(sql, chain, expectedHash);
    return work({
      rows: createRowCache(sql),
      insertEvents: (events) => insertEvents(sql, chain, events),
      insertBlocks: (blocks) => insertBlocks(sql, chain, blocks),
      undoAfter: (number) => undoAfter(sql, chain, number),
      clearDerived: async () => {
        for (const table of tableNames) await sql.query(`DELETE FROM "${tables[table].sql}"`);
        await sql.query("DELETE FROM undo WHERE chain = $1", [chain]);
      },
      readEvents: (parameters) => readEvents(sql, chain, parameters),
      advance: async (cursor) => {
        await writeCursor(sql, store.deployment, cursor);
        // The finalized block itself stays: the next one is checked against its hash.
        await sql.query("DELETE FROM block WHERE chain = $1 AND number < $2", [
          chain,
          cursor.finalizedNumber,
        ]);
        await sql.query("DELETE FROM undo WHERE chain = $1 AND block_number <= $2", [
          chain,
          cursor.finalizedNumber,
        ]);
      },
    });
  });
}

/** Reads the remembered blocks, oldest first. */
export async function readBlocks(store: Store): Promise<BlockHeader[]> {
  return store.database.query<BlockHeader>(
    `SELECT number, hash, parent_hash AS "parentHash", timestamp FROM block WHERE chain = $1 ORDER BY number`,
    [store.deployment.chainId],
  );
}

const batchSize = 2_500;

async function insertEvents(sql: Sql, chain: number, events: NewEvent[]): Promise<NewEvent[]> {
  const isNew = new Set<string>();
  for (let from = 0; from < events.length; from += batchSize) {
    const batch = events.slice(from, from + batchSize);
    const inserted = await sql.query<{ block_number: number; log_index: number }>(
      `INSERT INTO event (chain, block_number, log_index, block_hash, timestamp, tx_hash, contract, name, args, deal,
         node, provider)
       SELECT $1::int8, b, l, h, t, x, c, n, a::jsonb, d, o, p
       FROM unnest($2::int8[], $3::int4[], $4::text[], $5::int8[], $6::text[], $7::text[], $8::text[], $9::text[],
         $10::int8[], $11::int4[], $12::int4[]) AS e(b, l, h, t, x, c, n, a, d, o, p)
       ON CONFLICT DO NOTHING RETURNING block_number, log_index`,
      [
        chain,
        batch.map((event) => event.blockNumber),
        batch.map((event) => event.logIndex),
        batch.map((event) => event.blockHash),
        batch.map((event) => event.timestamp),
        batch.map((event) => event.txHash),
        batch.map((event) => event.contract),
        batch.map((event) => event.name),
        batch.map((event) => JSON.stringify(event.args)),
        batch.map((event) => event.deal),
        batch.map((event) => event.node),
        batch.map((event) => event.provider),
      ],
    );
    for (const row of inserted) isNew.add(`${row.block_number}-${row.log_index}`);
  }
  return events.filter((event) => isNew.has(`${event.blockNumber}-${event.logIndex}`));
}

async function readEvents(
  sql: Sql,
  chain: number,
  { after, toBlock, limit }: Parameters<Ingestion["readEvents"]>[0],
): Promise<NewEvent[]> {
  return sql.query<NewEvent>(
    `SELECT block_number AS "blockNumber", log_index AS "logIndex", block_hash AS "blockHash", timestamp,
       tx_hash AS "txHash", contract, name, args, deal, node, provider
     FROM event
     WHERE chain = $1 AND (block_number, log_index) > ($2, $3) AND block_number <= $4
     ORDER BY block_number, log_index LIMIT $5`,
    [chain, after.blockNumber, after.logIndex, toBlock, limit],
  );
}

async function insertBlocks(sql: Sql, chain: number, blocks: BlockHeader[]): Promise<void> {
  await sql.query(
    `INSERT INTO block (chain, number, hash, parent_hash, timestamp)
     SELECT $1::int8, * FROM unnest($2::int8[], $3::text[], $4::text[], $5::int8[])`,
    [
      chain,
      blocks.map((block) => block.number),
      blocks.map((block) => block.hash),
      blocks.map((block) => block.parentHash),
      blocks.map((block) => block.timestamp),
    ],
  );
}

async function undoAfter(sql: Sql, chain: number, number: number): Promise<void> {
  // Of a row that several blocks changed, the oldest image is what it was before all of them.
  const images = await sql.query<{ table_name: TableName; key: object; before: object | null }>(
    `SELECT DISTINCT ON (table_name, key) table_name, key, before FROM undo
     WHERE chain = $1 AND block_number > $2 ORDER BY table_name, key, block_number`,
    [chain, number],
  );
  for (const table of tableNames) {
    const own = images.filter((image) => image.table_name === table);
    await removeRows(
      sql,
      table,
      own.filter((image) => image.before === null).map((image) => image.key),
    );
    await putRows(
      sql,
      table,
      own.flatMap((image) => image.before ?? []),
    );
  }
  await sql.query("DELETE FROM undo WHERE chain = $1 AND block_number > $2", [chain, number]);
  await sql.query("DELETE FROM event WHERE chain = $1 AND block_number > $2", [chain, number]);
  await sql.query("DELETE FROM block WHERE chain = $1 AND number > $2", [chain, number]);
}
