import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { MillraceError } from "@millrace/sdk";
import { migrate, readMigrations } from "../../src/store/migrate.ts";
import { createTestDatabase, databaseKinds, type TestDatabase } from "./databases.ts";
import { testDeployment } from "./deployment.ts";

for (const kind of databaseKinds) {
  describe(`openStore on ${kind}`, () => {
    let database: TestDatabase;
    before(async () => {
      database = await createTestDatabase(kind);
    });
    after(() => database.remove());

    it("default: has every table of the schema, and a second start changes nothing", async () => {
      for (let start = 0; start < 2; start++) {
        const store = await database.open();
        try {
          const rows = await store.database.query<{ migration_name: string; checksum: string }>(
            `SELECT migration_name, checksum FROM "_prisma_migrations" WHERE finished_at IS NOT NULL`,
          );
          const migrations = await readMigrations();
          expect(rows).to.have.deep.members(
            migrations.map(({ name, checksum }) => ({ migration_name: name, checksum })),
          );
          // Each model's columns are read by name: a column that the SQL lacks fails here.
          const { prisma } = store;
          const models = [
            prisma.event,
            prisma.block,
            prisma.undo,
            prisma.cursor,
            prisma.provider,
            prisma.node,
          ];
          const others = [prisma.operatorKey, prisma.offer, prisma.attendance, prisma.stake, prisma.thaw];
          const rest = [prisma.deal, prisma.worker, prisma.bar, prisma.payment, prisma.credit];
          const shared = [
            prisma.absence,
            prisma.moduleVersion,
            prisma.leader,
            prisma.outgoing,
            prisma.hindrance,
          ];
          for (const model of [...models, ...others, ...rest, ...shared])
            expect(await (model as typeof prisma.event).findMany()).to.deep.equal([]);
        } finally {
          await store.close();
        }
      }
    });

    if (kind === "postgresql")
      it("behavior: takes any number of processes", async () => {
        const stores = await Promise.all([database.open(), database.open()]);
        for (const store of stores) await store.close();
      });
    if (kind === "postgresql")
      it("behavior: a server that ends a connection within a transaction fails that transaction only", async () => {
        const store = await database.open();
        const uncaught: unknown[] = [];
        const listeners = process.listeners("uncaughtException");
        process
          .removeAllListeners("uncaughtException")
          .on("uncaughtException", (error) => uncaught.push(error));
        try {
          const cut = store.database.transaction(async (sql) => {
            const [own] = await sql.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
            await store.database.query("SELECT pg_terminate_backend($1)", [own?.pid]);
            // The process is busy, or paused, when the connection goes.
            await delay(300);
            await sql.query("SELECT 1");
          });
          expect(await cut.catch((error: unknown) => error)).to.be.instanceOf(Error);
          expect(uncaught).to.deep.equal([]);
          expect(await store.database.query("SELECT 1 AS one")).to.deep.equal([{ one: 1 }]);
        } finally {
          process.removeAllListeners("uncaughtException");
          for (const listener of listeners) process.on("uncaughtException", listener);
          await store.close();
        }
      });
    else
      it("error: data-folder-in-use, by a second process and by a second store of this one", async () => {
        const store = await database.open();
        try {
          const second = spawn(process.execPath, ["backend/src/store/dump.ts"], {
            cwd: path.join(import.meta.dirname, "../../.."),
            env: {
              ...process.env,
              DEPLOYMENT_FILE: await deploymentFile(database.dataFolder),
              DATA_FOLDER: database.dataFolder,
            },
          });
          let output = "";
          second.stderr.on("data", (data: Buffer) => (output += data.toString()));
          const [code] = (await once(second, "close")) as [number];
          expect(code).not.to.equal(0);
          expect(output).to.contain(`is in use by process ${process.pid}`);
          await expectRejection(database.open(), "data-folder-in-use");
        } finally {
          await store.close();
        }
      });

    it("error: deployment-mismatch when the database belongs to other contracts", async () => {
      const store = await database.open();
      await store.database.query("INSERT INTO cursor VALUES ($1, 'other', 1, '0x', 1, 1)", [
        testDeployment.chainId,
      ]);
      await store.close();
      await expectRejection(database.open(), "deployment-mismatch");
    });

    it("error: migration-failed when an applied file was changed", async () => {
      const other = await createTestDatabase(kind);
      const store = await other.open();
      try {
        await store.database.query(`UPDATE "_prisma_migrations" SET checksum = 'x'`);
        await expectRejection(migrate(store.database), "migration-failed");
      } finally {
        await store.close();
        await other.remove();
      }
    });
  });
}

async function deploymentFile(folder: string): Promise<string> {
  const file = path.join(folder, "deployment.json");
  await writeFile(file, JSON.stringify(testDeployment));
  return file;
}

async function expectRejection(promise: Promise<unknown>, code: string): Promise<void> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(MillraceError);
  expect((error as MillraceError).code).to.equal(code);
}
