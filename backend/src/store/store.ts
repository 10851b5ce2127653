import type { Deployment } from "@millrace/sdk";
import type { Database, Sql } from "./database.ts";
import type { PrismaClient } from "./generated/client.ts";

/** An open database that belongs to one deployment. Made by `openStore`. */
export interface Store {
  readonly deployment: Deployment;
  /** For reads. */
  readonly prisma: PrismaClient;
  /** For ingestion and dumps: raw SQL. */
  readonly database: Database;
  /** What the leading indexer adds to each of its transactions. */
  readonly ingestion?: IngestionHooks;
  close(): Promise<void>;
}

interface IngestionHooks {
  /** Comes first in each transaction; throws if it must not be made. */
  readonly fence: (sql: Sql) => Promise<void>;
  readonly onFolded: (events: number, seconds: number) => void;
}
