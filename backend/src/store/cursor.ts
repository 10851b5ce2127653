import { createHash } from "node:crypto";
import { MillraceError, type Deployment } from "@millrace/sdk";
import type { Sql } from "./database.ts";
import type { Store } from "./store.ts";

/** A block's place in the chain; `timestamp` in unix seconds. */
export interface BlockHeader {
  number: number;
  hash: string;
  parentHash: string;
  timestamp: number;
}

/** The block that every table shows, and the newest final one. */
export interface Cursor extends Omit<BlockHeader, "parentHash"> {
  finalizedNumber: number;
}

/** Names a deployment by its contracts: a database belongs to one. */
export function deploymentId({ contracts, deploymentBlock }: Deployment): string {
  const { registry, staking, deals, parameters } = contracts;
  const text = [registry, staking, deals, parameters, deploymentBlock].join(" ").toLowerCase();
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** Reads the cursor; undefined before the first block. */
export async function readCursor(store: Store): Promise<Cursor | undefined> {
  return selectCursor(store.database, store.deployment.chainId, "");
}

/**
 * Locks the cursor within a transaction and asserts that it stands on `hash` (null: nowhere yet).
 * @throws MillraceError `cursor-moved` if another process moved it
 */
export async function assertCursor(sql: Sql, chain: number, hash: string | null): Promise<void> {
  // Before the first block there is no row to lock, and two writers would both begin.
  if (hash === null) await sql.query("LOCK TABLE cursor IN EXCLUSIVE MODE");
  const cursor = await selectCursor(sql, chain, "FOR UPDATE");
  if ((cursor?.hash ?? null) !== hash)
    throw new MillraceError({
      code: "cursor-moved",
      shortMessage: `The index stands on block ${cursor?.hash ?? "none"}, not on ${hash ?? "none"}.`,
      details: "Another process indexes into this database; what this one read is dropped.",
      retryable: true,
    });
}

/** Moves the cursor. */
export async function writeCursor(sql: Sql, deployment: Deployment, cursor: Cursor): Promise<void> {
  const { number, hash, timestamp, finalizedNumber } = cursor;
  const rows = await sql.query(
    `INSERT INTO cursor (chain, deployment, block_number, block_hash, timestamp, finalized_number)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (chain) DO UPDATE SET block_number = excluded.block_number, block_hash = excluded.block_hash,
       timestamp = excluded.timestamp, finalized_number = excluded.finalized_number
     WHERE cursor.finalized_number <= excluded.finalized_number
     RETURNING 1`,
    [deployment.chainId, deploymentId(deployment), number, hash, timestamp, finalizedNumber],
  );
  if (rows.length === 0) throw new Error(`The finalized block can't go back to ${finalizedNumber}`);
}

async function selectCursor(sql: Sql, chain: number, lock: "" | "FOR UPDATE"): Promise<Cursor | undefined> {
  const [row] = await sql.query<Cursor>(
    `SELECT block_number AS number, block_hash AS hash, timestamp, finalized_number AS "finalizedNumber"
     FROM cursor WHERE chain = $1 ${lock}`,
    [chain],
  );
  return row;
}
