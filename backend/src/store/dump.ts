import { pathToFileURL } from "node:url";
import { readDeployment } from "@millrace/sdk/node";
import type { Database } from "./database.ts";
import { readCursor } from "./cursor.ts";
import { openStore } from "./open.ts";
import type { Store } from "./store.ts";
import { columnName, selectList, tableNames, tables, type TableName } from "./tables.ts";

/**
 * Every row of every derived table as a line of JSON, sorted by table and key: equal for equal states, whatever way the
 * database came to it and whatever database it is. Amounts are decimal strings.
 */
export async function dumpDerived({ database }: Pick<Store, "database">): Promise<string[]> {
  const lines: string[] = [];
  for (const table of tableNames) lines.push(...(await dumpTable(database, table)));
  return lines;
}

async function dumpTable(database: Database, table: TableName): Promise<string[]> {
  const { sql, key, columns } = tables[table];
  // Each database sorts text in its own way, unless it is told to compare bytes.
  const order = key.map((column) => {
    const kind = Object.entries(columns).find(([name]) => name === column)?.[1];
    return `t."${columnName(column)}"${kind === "text" ? ' COLLATE "C"' : ""}`;
  });
  const rows = await database.query(
    `SELECT ${selectList(table, "t")} FROM "${sql}" t ORDER BY ${order.join(", ")}`,
  );
  return rows.map((row) => JSON.stringify({ table, ...sorted(row) }));
}

function sorted(value: object): object {
  const entries = Object.entries(value).map(([name, part]): [string, unknown] => [name, sortedPart(part)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function sortedPart(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(sortedPart);
  return typeof part === "object" && part !== null ? sorted(part) : part;
}

async function main(): Promise<void> {
  const { DEPLOYMENT_FILE, DATA_FOLDER, DATABASE_URL } = process.env;
  if (DEPLOYMENT_FILE === undefined || DATA_FOLDER === undefined)
    throw new Error("Set DEPLOYMENT_FILE and DATA_FOLDER, and DATABASE_URL for PostgreSQL.");
  const deployment = await readDeployment(DEPLOYMENT_FILE);
  const store = await openStore({ deployment, dataFolder: DATA_FOLDER, databaseUrl: DATABASE_URL });
  try {
    const cursor = await readCursor(store);
    console.error(`As of block ${cursor?.number ?? "none"} ${cursor?.hash ?? ""}`);
    for (const line of await dumpDerived(store)) console.log(line);
  } finally {
    await store.close();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
