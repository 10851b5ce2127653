import { PGlite, type Transaction } from "@electric-sql/pglite";
import { PrismaPGlite } from "pglite-prisma-adapter";
import type { Database, Sql } from "./database.ts";
import { PrismaClient } from "./generated/client.ts";

/** Opens the embedded database in `folder`. Hold the folder's lock: PGlite has none of its own. */
export async function openPglite(folder: string): Promise<{ database: Database; prisma: PrismaClient }> {
  const lite = await PGlite.create(folder);
  // The adapter was built against another patch of PGlite; it uses query, exec and transaction only.
  const adapter = new PrismaPGlite(lite as unknown as ConstructorParameters<typeof PrismaPGlite>[0]);
  return { database: pgliteDatabase(lite), prisma: new PrismaClient({ adapter }) };
}

function pgliteDatabase(lite: PGlite): Database {
  return {
    kind: "pglite",
    ...sqlOf(lite),
    transaction: (work) => lite.transaction((transaction) => work(sqlOf(transaction))),
    script: async (text) => {
      await lite.exec(text);
    },
    connections: () => ({ total: 0, idle: 0, waiting: 0 }),
    close: () => lite.close(),
  };
}

function sqlOf(lite: Pick<PGlite | Transaction, "query">): Sql {
  return {
    query: async <T extends object>(text: string, parameters: unknown[] = []) =>
      (await lite.query<T>(text, parameters)).rows,
  };
}
