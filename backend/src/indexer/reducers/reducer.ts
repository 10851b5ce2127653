import type { Deployment } from "@millrace/sdk";
import type { AnyChainEvent, ChainEvent, EventName } from "../../chain/events.ts";
import type { Key, Rows } from "../../store/rowCache.ts";
import type { DerivedRows, TableName } from "../../store/tables.ts";

/** What a reducer may look at besides the event: rows, and the deployment's clock to read the event's own timestamp. */
export interface ReducerContext {
  rows: Rows;
  deployment: Deployment;
}

/** Folds one event into the rows. The same rows and event always give the same rows: no clock, no call to the chain. */
export type Reducer<N extends EventName> = (context: ReducerContext, event: ChainEvent<N>) => Promise<void>;

/** A reducer for every event that these names cover; null: the event changes no row. */
export type Reducers<N extends EventName> = { readonly [K in N]: Reducer<K> | null };

/**
 * The row at a key.
 * @throws Error if there is none: the event contradicts the events before it
 */
export async function rowAt<T extends TableName>(rows: Rows, table: T, key: Key<T>): Promise<DerivedRows[T]> {
  const row = await rows.get(table, key);
  if (row === undefined)
    throw new Error(`An event names a ${table} that no event made: ${JSON.stringify(key)}`);
  return row;
}

/** Replaces some columns of the row at a key, and returns the new row. */
export async function change<T extends TableName>(
  rows: Rows,
  table: T,
  key: Key<T>,
  columns: (row: DerivedRows[T]) => Partial<DerivedRows[T]>,
): Promise<DerivedRows[T]> {
  const row = await rowAt(rows, table, key);
  const next = { ...row, ...columns(row) };
  rows.put(table, next);
  return next;
}

/** Puts a new row; reading it first is what lets a reorg take it away again. */
export async function create<T extends TableName>(
  rows: Rows,
  table: T,
  key: Key<T>,
  row: DerivedRows[T],
): Promise<void> {
  await rows.get(table, key);
  rows.put(table, row);
}

/** An event's keys into the tables, as far as its arguments name them: what is worth reading in one go. */
export function keysOf(event: AnyChainEvent): { table: TableName; key: object }[] {
  const args = event.args as {
    deal?: bigint;
    node?: number;
    provider?: number;
    token?: string;
    thaw?: number;
  };
  const keys: { table: TableName; key: object }[] = [];
  const { node, provider } = args;
  const deal = args.deal === undefined ? undefined : Number(args.deal);
  if (deal !== undefined) keys.push({ table: "deal", key: { id: deal } });
  if (provider !== undefined)
    keys.push({ table: "provider", key: { id: provider } }, { table: "stake", key: { provider } });
  if (deal !== undefined && node !== undefined) keys.push({ table: "worker", key: { deal, node } });
  if (deal === undefined && node !== undefined && event.name === "NodeAttended")
    keys.push({ table: "attendance", key: { node } });
  else if (node !== undefined) keys.push({ table: "node", key: { id: node } });
  if (node !== undefined && event.name === "OfferSet")
    keys.push({ table: "offer", key: { node, token: args.token } });
  return keys;
}
