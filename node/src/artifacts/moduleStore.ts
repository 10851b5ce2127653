import { randomUUID } from "node:crypto";
import { createReadStream, type ReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { readScriptModule } from "@millrace/sandbox";
import { cidToDigest, verifyBlob } from "@millrace/sdk";

/** Modules on disk, one file per CID. What is in it was verified when it was written and is verified when read. */
export interface ModuleStore {
  /** @returns undefined if it isn't there, or was damaged (then it is removed) */
  read(cid: string): Promise<Uint8Array | undefined>;
  /** Stores verified bytes so that a crash leaves all of them or nothing. @throws MillraceError `blob-mismatch` */
  write(cid: string, bytes: Uint8Array): Promise<void>;
  /** Opens a module for sending; undefined if it isn't there. */
  stream(cid: string): Promise<{ sizeBytes: number; open: () => ReadStream } | undefined>;
  /** Removes every module but those named and the runtimes of scripts among them. @returns the CIDs removed */
  keepOnly(cids: ReadonlySet<string>): Promise<string[]>;
}

/**
 * Opens the module store in a folder; removes what a crash left half written and what no longer matches its CID.
 *
 * @returns the store and the CIDs that were damaged
 */
export async function openModuleStore(folder: string): Promise<{ store: ModuleStore; damaged: string[] }> {
  await mkdir(folder, { recursive: true });
  const store = createStore(folder);
  const damaged: string[] = [];
  for (const name of await readdir(folder)) {
    if (!isCid(name)) await rm(join(folder, name), { recursive: true, force: true });
    else if ((await store.read(name)) === undefined) damaged.push(name);
  }
  return { store, damaged };
}

function createStore(folder: string): ModuleStore {
  /** The runtime of each script that was read or written. */
  const runtimes = new Map<string, string>();
  const noteRuntime = (cid: string, bytes: Uint8Array): void => {
    const runtime = runtimeOf(bytes);
    if (runtime !== undefined) runtimes.set(cid, runtime);
  };
  return {
    read: async (cid) => {
      const path = join(folder, fileName(cid));
      const bytes = await readFile(path).catch(ignoreMissing);
      if (bytes === undefined) return undefined;
      const sound = await verifyBlob(cid, bytes).then(
        () => true,
        () => false,
      );
      if (!sound) await rm(path, { force: true });
      if (!sound) return undefined;
      noteRuntime(cid, bytes);
      return bytes;
    },
    write: async (cid, bytes) => {
      await verifyBlob(cid, bytes);
      noteRuntime(cid, bytes);
      await writeAtomically(folder, fileName(cid), bytes);
    },
    stream: async (cid) => {
      const path = join(folder, fileName(cid));
      const found = await stat(path).catch(ignoreMissing);
      return found?.isFile() === true
        ? { sizeBytes: found.size, open: () => createReadStream(path) }
        : undefined;
    },
    keepOnly: async (cids) => {
      const needed = new Set([...cids, ...[...cids].map((cid) => runtimes.get(cid))]);
      const surplus = (await readdir(folder)).filter((name) => isCid(name) && !needed.has(name));
      for (const name of surplus) {
        await rm(join(folder, name), { force: true });
        runtimes.delete(name);
      }
      return surplus;
    },
  };
}

async function writeAtomically(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const temporary = join(folder, `${name}.${randomUUID()}.tmp`);
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(folder, name));
  } finally {
    await rm(temporary, { force: true });
  }
  const directory = await open(folder, "r");
  await directory.sync().finally(() => directory.close());
}

/** The CID itself, once it is certain to be one and so no path. @throws MillraceError `cid-invalid` */
function fileName(cid: string): string {
  cidToDigest(cid);
  return cid;
}

/** The CID of the runtime, if it is a script. */
function runtimeOf(bytes: Uint8Array): string | undefined {
  try {
    return readScriptModule(bytes)?.runtime;
  } catch {
    // What is wrong with it is told when it is opened.
    return undefined;
  }
}

function isCid(name: string): boolean {
  try {
    cidToDigest(name);
    return true;
  } catch {
    return false;
  }
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
  throw error;
}
