import { createHash, randomUUID } from "node:crypto";
import { access, cp, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { migrate, readMigrations } from "./migrate.ts";
import { openPglite } from "./pglite.ts";

const cacheFolder = path.join(import.meta.dirname, "../../../node_modules/.cache/millrace");

/**
 * Makes the PGlite folder `target` unless it is there: copied from a migrated template, since PostgreSQL's initdb takes
 * longer than all the rest. The template is made once per version of PGlite and of the migrations, in node_modules/.cache.
 */
export async function ensurePgliteFolder(target: string): Promise<void> {
  await removePartialCopies(target);
  if (await exists(target)) return;
  const template = await ensureTemplate();
  // Renamed when whole: a crash within the copy leaves no half database.
  const partial = `${target}.partial-${randomUUID()}`;
  await cp(template, partial, { recursive: true });
  await rename(partial, target);
}

/** Makes the template unless it is there and returns its folder. */
async function ensureTemplate(): Promise<string> {
  const template = path.join(cacheFolder, `pglite-${await templateVersion()}`);
  if (await exists(template)) return template;
  await mkdir(cacheFolder, { recursive: true });
  const partial = `${template}.partial-${randomUUID()}`;
  const { database, prisma } = await openPglite(partial);
  try {
    await migrate(database);
  } finally {
    await prisma.$disconnect();
    await database.close();
  }
  await rename(partial, template).catch(async (error: unknown) => {
    await rm(partial, { recursive: true, force: true });
    // Another process was faster.
    if (!(await exists(template))) throw error;
  });
  return template;
}

async function templateVersion(): Promise<string> {
  // Its package.json names the version; a database made by one version isn't given to another.
  const hash = createHash("sha256");
  hash.update(await readFile(new URL("../package.json", import.meta.resolve("@electric-sql/pglite"))));
  for (const migration of await readMigrations()) hash.update(migration.checksum);
  return hash.digest("hex").slice(0, 16);
}

async function removePartialCopies(target: string): Promise<void> {
  const folder = path.dirname(target);
  const names = await readdir(folder).catch(() => []);
  for (const name of names)
    if (name.startsWith(`${path.basename(target)}.partial-`))
      await rm(path.join(folder, name), { recursive: true, force: true });
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
