import type { Deployment } from "@millrace/sdk";
import type { Database } from "./database.ts";
import type { PrismaClient } from "./generated/client.ts";

/** An open database that belongs to one deployment. Made by `openStore`. */
export interface Store {
  readonly deployment: Deployment;
  /** For reads. */
  readonly prisma: PrismaClient;
  /** For ingestion and dumps: raw SQL. */
  readonly database: Database;
  close(): Promise<void>;
}
