import { access } from "node:fs/promises";
import path from "node:path";
import { MillraceError, type Deployment } from "@millrace/sdk";
import { deploymentId } from "./cursor.ts";
import type { Database } from "./database.ts";
import { electionLock, leaderRoles, type LeaderRole } from "./election.ts";
import { lockFolder } from "./folderLock.ts";
import { readMigrations } from "./migrate.ts";
import { readSpent } from "./outgoing.ts";
import { openPglite } from "./pglite.ts";
import { openPostgresql } from "./postgresql.ts";

/** What a look at a database tells; nothing is changed by it. */
export interface Inspection {
  /** Migrations that the next start applies. */
  readonly missing: readonly string[];
  /** Migrations that this version does not know. */
  readonly unknown: readonly string[];
  /** True if the tables hold another deployment. */
  readonly isForeign: boolean;
  /** Newest block in the tables; undefined before the first. */
  readonly asOfBlock: number | undefined;
  /** The database's clock, unix milliseconds. */
  readonly nowMs: number;
  /** Who leads which role; empty on PGlite. */
  readonly leaders: ReadonlyMap<LeaderRole, string>;
  /** Wei that the account paid for gas in the last 24 hours. */
  readonly spentADay: bigint;
}

interface InspectParameters {
  readonly deployment: Deployment;
  readonly dataFolder: string;
  readonly databaseUrl: string | undefined;
  readonly account: string | undefined;
}

/**
 * Looks into the database; undefined if there is none in the folder yet.
 * @throws MillraceError `data-folder-in-use` if a backend has the embedded database open; what the server said
 */
export async function inspectDatabase(parameters: InspectParameters): Promise<Inspection | undefined> {
  const { databaseUrl, dataFolder } = parameters;
  if (databaseUrl !== undefined) return inspectOpen(openPostgresql(databaseUrl), parameters);
  const folder = path.join(dataFolder, "db");
  const isThere = await access(folder).then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  const unlock = await lockFolder(dataFolder);
  try {
    return await inspectOpen(await openPglite(folder), parameters);
  } finally {
    await unlock();
  }
}

async function inspectOpen(
  { database, prisma }: ReturnType<typeof openPostgresql>,
  parameters: InspectParameters,
): Promise<Inspection> {
  try {
    return await inspect(database, parameters);
  } finally {
    await prisma.$disconnect();
    await database.close();
  }
}

async function inspect(database: Database, { deployment, account }: InspectParameters): Promise<Inspection> {
  const [clock] = await database.query<{ now: number }>(
    "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::int8 AS now",
  );
  const known = (await readMigrations()).map(({ name }) => name);
  const applied = await namesOf(database);
  const missing = known.filter((name) => !applied.includes(name));
  const nowMs = clock?.now ?? 0;
  const unknown = applied.filter((name) => !known.includes(name));
  // Without its tables there is nothing more to read.
  if (missing.length > 0)
    return {
      missing,
      unknown,
      isForeign: false,
      asOfBlock: undefined,
      nowMs,
      leaders: new Map(),
      spentADay: 0n,
    };
  const [cursor] = await database.query<{ chain: number; deployment: string; block: number }>(
    "SELECT chain, deployment, block_number AS block FROM cursor",
  );
  const isForeign =
    cursor !== undefined &&
    (cursor.chain !== deployment.chainId || cursor.deployment !== deploymentId(deployment));
  return {
    ...{ missing, unknown, isForeign, nowMs },
    asOfBlock: cursor?.block,
    leaders: database.kind === "pglite" ? new Map() : await leadersOf(database),
    spentADay: account === undefined ? 0n : await readSpent(database, account, 24 * 3_600),
  };
}

async function namesOf(database: Database): Promise<string[]> {
  const [table] = await database.query<{ exists: boolean }>(
    `SELECT to_regclass('"_prisma_migrations"') IS NOT NULL AS exists`,
  );
  if (table?.exists !== true) return [];
  const rows = await database.query<{ name: string }>(
    `SELECT migration_name AS name FROM "_prisma_migrations" WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
  );
  return rows.map(({ name }) => name);
}

async function leadersOf(database: Database): Promise<Map<LeaderRole, string>> {
  const rows = await database.query<{ role: LeaderRole; holder: string }>(
    `SELECT leader.role, leader.holder FROM leader
     JOIN pg_locks ON locktype = 'advisory' AND granted AND classid = $1::int8::oid
       AND objid = (array_position($2::text[], leader.role) - 1)::int8::oid
     JOIN pg_database ON pg_database.oid = pg_locks.database AND datname = current_database()`,
    [electionLock, [...leaderRoles]],
  );
  return new Map(rows.map(({ role, holder }) => [role, holder]));
}

/** True if the error says that a running backend has the embedded database. */
export function isInUse(error: unknown): boolean {
  return error instanceof MillraceError && error.code === "data-folder-in-use";
}
