import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { MillraceError } from "@millrace/sdk";
import type { Database } from "./database.ts";

const migrationsFolder = path.join(import.meta.dirname, "../../../prisma/migrations");

// As `prisma migrate deploy` makes it, so that it can take over.
const migrationsTable = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

/** Reads the committed migrations in the order in which they apply. */
export async function readMigrations(folder = migrationsFolder): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(path.join(folder, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

/**
 * Applies the migrations that the database lacks, each in a transaction with its row in `_prisma_migrations`.
 * @throws MillraceError `migration-failed` if an applied file was changed, or the database has one that this version lacks
 */
export async function migrate(database: Database, folder = migrationsFolder): Promise<void> {
  const migrations = await readMigrations(folder);
  // Two processes that start together: the second waits for the first one's table. On PGlite there is only one.
  await database.transaction(async (sql) => {
    if (database.kind === "postgresql") await sql.query("SELECT pg_advisory_xact_lock(72707369)");
    await sql.query(migrationsTable);
    const applied = await sql.query<{ migration_name: string; checksum: string; finished: boolean }>(
      `SELECT migration_name, checksum, finished_at IS NOT NULL AS finished
       FROM "_prisma_migrations" WHERE rolled_back_at IS NULL`,
    );
    check(migrations, applied);
    const names = new Set(applied.map((row) => row.migration_name));
    for (const migration of migrations.filter(({ name }) => !names.has(name))) {
      for (const statement of statementsOf(migration.sql)) await sql.query(statement);
      await sql.query(
        `INSERT INTO "_prisma_migrations" (id, checksum, finished_at, migration_name, applied_steps_count)
         VALUES ($1, $2, now(), $3, 1)`,
        [randomUUID(), migration.checksum, migration.name],
      );
    }
  });
}

function check(
  migrations: Migration[],
  applied: { migration_name: string; checksum: string; finished: boolean }[],
): void {
  const known = new Map(migrations.map((migration) => [migration.name, migration.checksum]));
  for (const row of applied) {
    const checksum = known.get(row.migration_name);
    if (checksum === undefined)
      throw failed(
        `has migration ${row.migration_name}, which this version doesn't know`,
        "Run a newer version.",
      );
    if (!row.finished)
      throw failed(
        `stopped within migration ${row.migration_name}`,
        "Repair it with prisma migrate resolve.",
      );
    if (checksum !== row.checksum)
      throw failed(`was made with another text of migration ${row.migration_name}`, "Restore the file.");
  }
}

function failed(reason: string, nextStep: string): MillraceError {
  return new MillraceError({ code: "migration-failed", shortMessage: `The database ${reason}.`, nextStep });
}

/** Splits at the semicolons that end a line; migrations keep to that. */
function statementsOf(sql: string): string[] {
  return sql
    .split(/;[ \t]*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement.replace(/^--.*$/gm, "").trim() !== "");
}
