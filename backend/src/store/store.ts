import type { deploymentSchema } from "@millrace/sdk";
import type { Static } from "typebox";
import type { Database } from "./database.ts";
import type { PrismaClient } from "./generated/client.ts";

/** The deployment record, `deployments/<network>.json`. */
export type Deployment = Static<typeof deploymentSchema>;

/** An open database that belongs to one deployment. Made by `openStore`. */
export interface Store {
  readonly deployment: Deployment;
  /** For reads. */
  readonly prisma: PrismaClient;
  /** For ingestion and dumps: raw SQL. */
  readonly database: Database;
  close(): Promise<void>;
}
