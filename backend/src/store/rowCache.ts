import type { Sql } from "./database.ts";
import {
  columnName,
  fromSql,
  selectList,
  tableNames,
  tables,
  toSqlJson,
  type DerivedRows,
  type TableName,
} from "./tables.ts";

/** The key columns of a row. */
export type Key<T extends TableName> = Partial<DerivedRows[T]>;

/** What a reducer sees of the derived tables. */
export interface Rows {
  get<T extends TableName>(table: T, key: Key<T>): Promise<DerivedRows[T] | undefined>;
  put<T extends TableName>(table: T, row: DerivedRows[T]): void;
  remove<T extends TableName>(table: T, key: Key<T>): void;
}

/** Rows that are read once and written together, with the images that undo them. */
export interface RowCache extends Rows {
  /** Reads the rows of all keys in one query per table; a later `get` of them asks no database. */
  prefetch(keys: { table: TableName; key: object }[]): Promise<void>;
  /** Drops what was read; nothing unwritten may be left. */
  forget(): void;
  /** Writes what changed since the last flush; `undoBlock` also writes how to take it back. */
  flush(undo?: { chain: number; blockNumber: number }): Promise<void>;
}

interface Entry {
  row: object | undefined;
  before: object | undefined;
  isDirty: boolean;
}

/** Makes an empty cache over one transaction. */
export function createRowCache(sql: Sql): RowCache {
  const cache = new Map<TableName, Map<string, Entry>>(tableNames.map((table) => [table, new Map()]));
  const entriesOf = (table: TableName) => {
    const entries = cache.get(table);
    if (entries === undefined) throw new Error(`No table ${table}`);
    return entries;
  };

  const prefetch: RowCache["prefetch"] = async (keys) => {
    for (const [table, wanted] of Map.groupBy(keys, (entry) => entry.table)) {
      const entries = entriesOf(table);
      const missing = new Map<string, object>();
      for (const { key } of wanted)
        if (!entries.has(keyText(table, key))) missing.set(keyText(table, key), key);
      if (missing.size === 0) continue;
      const rows = await loadRows(sql, table, [...missing.values()]);
      for (const text of missing.keys())
        entries.set(text, { row: undefined, before: undefined, isDirty: false });
      for (const row of rows) entries.set(keyText(table, row), { row, before: row, isDirty: false });
    }
  };

  const write = (table: TableName, key: object, row: object | undefined) => {
    const entry = entriesOf(table).get(keyText(table, key));
    // A blind write would lose the image that undoes it.
    if (entry === undefined) throw new Error(`Reducers read a row before they write it: ${table}`);
    entry.row = row;
    entry.isDirty = true;
  };

  return {
    prefetch,
    get: async <T extends TableName>(table: T, key: Key<T>) => {
      await prefetch([{ table, key }]);
      return entriesOf(table).get(keyText(table, key))?.row as DerivedRows[T] | undefined;
    },
    put: (table, row) => write(table, row, row),
    remove: (table, key) => write(table, key, undefined),
    forget: () => {
      for (const entries of cache.values()) entries.clear();
    },
    flush: async (undo) => {
      const images: { table: TableName; key: object; before: object | null }[] = [];
      for (const table of tableNames) {
        const dirty = [...entriesOf(table).entries()].filter(([, entry]) => entry.isDirty);
        for (const [text, entry] of dirty)
          images.push({ table, key: keyOfText(table, text), before: entry.before ?? null });
        await writeRows(sql, table, dirty);
        for (const [, entry] of dirty) Object.assign(entry, { before: entry.row, isDirty: false });
      }
      if (undo !== undefined && images.length > 0) await writeUndo(sql, undo, images);
    },
  };
}

function keyText(table: TableName, row: object): string {
  const values = row as Record<string, unknown>;
  return JSON.stringify(tables[table].key.map((column) => values[column]));
}

function keyOfText(table: TableName, text: string): object {
  const values = JSON.parse(text) as unknown[];
  return Object.fromEntries(tables[table].key.map((column, index) => [column, values[index]]));
}

async function loadRows<T extends TableName>(sql: Sql, table: T, keys: object[]): Promise<DerivedRows[T][]> {
  const name = tables[table].sql;
  const rows = await sql.query(
    `SELECT ${selectList(table, "t")} FROM "${name}" t
     JOIN jsonb_populate_recordset(NULL::"${name}", $1::jsonb) k ON ${keyMatch(table)}`,
    [JSON.stringify(keys.map(toSqlJson))],
  );
  return rows.map((row) => fromSql(table, row));
}

async function writeRows(sql: Sql, table: TableName, entries: [string, Entry][]): Promise<void> {
  const puts: object[] = [];
  const removes: object[] = [];
  for (const [text, { row }] of entries)
    if (row === undefined) removes.push(keyOfText(table, text));
    else puts.push(row);
  await removeRows(sql, table, removes.map(toSqlJson));
  await putRows(sql, table, puts.map(toSqlJson));
}

/** Inserts or replaces rows given with their SQL column names. */
export async function putRows(sql: Sql, table: TableName, rows: object[]): Promise<void> {
  if (rows.length === 0) return;
  const { sql: name, key, columns } = tables[table];
  const names = Object.keys(columns).map((column) => `"${columnName(column)}"`);
  const keyNames = key.map((column) => `"${columnName(column)}"`);
  const updates = names.filter((column) => !keyNames.includes(column)).map((c) => `${c} = excluded.${c}`);
  const onConflict = updates.length === 0 ? "DO NOTHING" : `DO UPDATE SET ${updates.join(", ")}`;
  await sql.query(
    `INSERT INTO "${name}" (${names.join(", ")})
     SELECT ${names.join(", ")} FROM jsonb_populate_recordset(NULL::"${name}", $1::jsonb)
     ON CONFLICT (${keyNames.join(", ")}) ${onConflict}`,
    [JSON.stringify(rows)],
  );
}

/** Deletes rows given by their keys with SQL column names. */
export async function removeRows(sql: Sql, table: TableName, keys: object[]): Promise<void> {
  if (keys.length === 0) return;
  const name = tables[table].sql;
  await sql.query(
    `DELETE FROM "${name}" t USING jsonb_populate_recordset(NULL::"${name}", $1::jsonb) k
     WHERE ${keyMatch(table)}`,
    [JSON.stringify(keys)],
  );
}

function keyMatch(table: TableName): string {
  return tables[table].key
    .map((column) => `t."${columnName(column)}" = k."${columnName(column)}"`)
    .join(" AND ");
}

async function writeUndo(
  sql: Sql,
  { chain, blockNumber }: { chain: number; blockNumber: number },
  images: { table: TableName; key: object; before: object | null }[],
): Promise<void> {
  const rows = images.map(({ table, key, before }, seq) => ({
    chain,
    block_number: blockNumber,
    seq,
    table_name: table,
    key: toSqlJson(key),
    before: before === null ? null : toSqlJson(before),
  }));
  await sql.query(`INSERT INTO undo SELECT * FROM jsonb_populate_recordset(NULL::undo, $1::jsonb)`, [
    JSON.stringify(rows),
  ]);
}
