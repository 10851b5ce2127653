import path from "node:path";
import { MillraceError, type Deployment } from "@millrace/sdk";
import { deploymentId } from "./cursor.ts";
import { lockFolder } from "./folderLock.ts";
import { migrate } from "./migrate.ts";
import { openPglite } from "./pglite.ts";
import { openPostgresql } from "./postgresql.ts";
import type { Store } from "./store.ts";
import { ensurePgliteFolder } from "./template.ts";

export interface OpenStoreParameters {
  deployment: Deployment;
  /** Where the embedded database lives (in its subfolder db), locked by this process. Not touched with `databaseUrl`. */
  dataFolder: string;
  /** PostgreSQL instead of the embedded database. */
  databaseUrl?: string | undefined;
}

/**
 * Opens and migrates the database.
 * @throws MillraceError `data-folder-in-use` | `deployment-mismatch` | `migration-failed`
 */
export async function openStore(parameters: OpenStoreParameters): Promise<Store> {
  const { deployment, dataFolder, databaseUrl } = parameters;
  // PostgreSQL takes any number of processes.
  const unlock = databaseUrl === undefined ? await lockFolder(dataFolder) : () => Promise.resolve();
  try {
    const { database, prisma } = await openDatabase(dataFolder, databaseUrl);
    const close = async () => {
      await prisma.$disconnect();
      await database.close();
      await unlock();
    };
    try {
      await migrate(database);
      const store = { deployment, prisma, database, close };
      await checkDeployment(store);
      return store;
    } catch (error) {
      await prisma.$disconnect();
      await database.close();
      throw error;
    }
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function openDatabase(dataFolder: string, databaseUrl: string | undefined) {
  if (databaseUrl !== undefined) return openPostgresql(databaseUrl);
  const folder = path.join(dataFolder, "db");
  await ensurePgliteFolder(folder);
  return openPglite(folder);
}

async function checkDeployment({ database, deployment }: Omit<Store, "close">): Promise<void> {
  const rows = await database.query<{ chain: number; deployment: string }>(
    "SELECT chain, deployment FROM cursor",
  );
  const other = rows.find(
    (row) => row.chain !== deployment.chainId || row.deployment !== deploymentId(deployment),
  );
  if (other !== undefined)
    throw new MillraceError({
      code: "deployment-mismatch",
      shortMessage: `The database holds another deployment than the deployment file's.`,
      details: `It holds chain ${other.chain}, ${other.deployment}; the file says chain ${deployment.chainId}, ${deploymentId(deployment)}.`,
      nextStep: "Choose another DATA_FOLDER or DATABASE_URL, or the deployment file of this one.",
    });
}
