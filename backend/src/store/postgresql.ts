import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import type { Database, Sql } from "./database.ts";
import { PrismaClient } from "./generated/client.ts";

/** PostgreSQL's number for the type. */
const int8 = 20;

/** Connects to PostgreSQL. Nothing is sent before the first query. */
export function openPostgresql(url: string): { database: Database; prisma: PrismaClient } {
  const types = new pg.TypeOverrides();
  // As a number, where `pg` would give text: ids, epochs, blocks and seconds stay below 2^53.
  types.setTypeParser(int8, Number);
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    types,
    // A process that is paused within a transaction must not hold up the one that takes over.
    idle_in_transaction_session_timeout: 10_000,
    connectionTimeoutMillis: 10_000,
  });
  // An idle connection that the server ends must not end this process; the next query says what is wrong.
  pool.on("error", () => undefined);
  return { database: postgresqlDatabase(pool), prisma: new PrismaClient({ adapter: new PrismaPg(pool) }) };
}

function postgresqlDatabase(pool: pg.Pool): Database {
  return {
    kind: "postgresql",
    ...sqlOf(pool),
    transaction: (work) => transaction(pool, work),
    script: async (text) => {
      await pool.query(text);
    },
    connections: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => pool.end(),
  };
}

async function transaction<T>(pool: pg.Pool, work: (sql: Sql) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let failure: Error | undefined;
  // The server may end the connection between two queries; the next one says so, where an unheard event ends the process.
  const ignore = () => undefined;
  client.on("error", ignore);
  try {
    await client.query("BEGIN");
    const result = await work(sqlOf(client));
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch((rollbackError: unknown) => {
      failure = rollbackError instanceof Error ? rollbackError : new Error(String(rollbackError));
    });
    throw error;
  } finally {
    // A connection that couldn't roll back isn't given back to the pool.
    client.release(failure);
    if (failure === undefined) client.off("error", ignore);
  }
}

function sqlOf(client: Pick<pg.Pool | pg.PoolClient, "query">): Sql {
  return {
    query: async <T extends object>(text: string, parameters: unknown[] = []) =>
      (await client.query<T & pg.QueryResultRow>(text, parameters)).rows,
  };
}
