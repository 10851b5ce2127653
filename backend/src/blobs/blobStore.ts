import { createReadStream } from "node:fs";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { cidToDigest, MillraceError } from "@millrace/sdk";
import { chargedBytes, openQuota, type QuotaUsage } from "./quota.ts";
import { receiveBlob } from "./receiveBlob.ts";
import { createVerifier } from "./verifier.ts";

/** A stored blob: its canonical CID and its size. */
interface BlobInfo {
  readonly cid: string;
  readonly sizeBytes: number;
}

/** What {@link BlobStore.put} takes. */
interface PutParameters {
  readonly body: Readable;
  /** The CID that the sender says the bytes have; checked. */
  readonly expectedCid?: string | undefined;
  /** What the sender declared, to refuse early. */
  readonly declaredBytes?: number | undefined;
}

/** Files named by the CID of their content. */
export interface BlobStore {
  /** Stores the bytes; a second time is no error. Resolves once they are on disk under their name. */
  put: (parameters: PutParameters) => Promise<BlobInfo & { readonly created: boolean }>;
  /**
   * Looks a blob up and, if its file was not checked by this process yet, hashes it first.
   * @throws {@link MillraceError} `cid-invalid`; `blob-corrupted`, the file is in quarantine from then on
   */
  find: (cid: string) => Promise<BlobInfo | undefined>;
  /** Bytes of a blob that {@link BlobStore.find} returned. */
  read: (blob: BlobInfo) => Readable;
  usage: () => QuotaUsage;
}

/** Where the files are and how much of the disk they may take. */
export interface BlobStoreParameters {
  readonly folder: string;
  readonly maxBytes: number;
  readonly quotaBytes: number;
  /** Other processes may use the folder too: each counts what it found at its start and what it stored itself. */
  readonly isShared?: boolean;
}

/**
 * Opens the folder: removes what uploads left behind when the process was killed and counts what is there.
 * @param parameters folder (created if missing), most bytes of one blob, most bytes of all
 */
export async function openBlobStore(parameters: BlobStoreParameters): Promise<BlobStore> {
  const { folder, maxBytes } = parameters;
  const tempFolder = join(folder, "tmp");
  const quarantineFolder = join(folder, "quarantine");
  await removeLeftOvers(tempFolder, parameters.isShared === true ? abandonedMs : 0);
  await mkdir(tempFolder, { recursive: true });
  await mkdir(quarantineFolder, { recursive: true });
  const files = await filesIn(folder);
  const quota = openQuota(parameters.quotaBytes, sum(files) + sum(await filesIn(quarantineFolder)));

  /** CIDs that have a file, so that a file's room is counted once. */
  const present = new Set(files.map(({ name }) => name));
  const path = (cid: string): string => join(folder, cid);
  const verifier = createVerifier({ path, quarantineFolder, onCorrupted: (cid) => present.delete(cid) });

  async function find(cid: string): Promise<BlobInfo | undefined> {
    cidToDigest(cid); // only a CID becomes a path
    const sizeBytes = await verifier.sizeOf(cid);
    return sizeBytes === undefined ? undefined : { cid, sizeBytes };
  }

  /** True once for each CID. */
  function addPresent(cid: string): boolean {
    const isNew = !present.has(cid);
    present.add(cid);
    return isNew;
  }

  return {
    find,
    read: (blob) => createReadStream(path(blob.cid)),
    usage: quota.usage,
    async put({ body, expectedCid, declaredBytes }) {
      const discard = expectedCid !== undefined && (await isIntact(find, expectedCid));
      const wanted = { body, expectedCid, declaredBytes, maxBytes, quota, tempFolder, discard };
      const { cid, sizeBytes, keep } = await receiveBlob(wanted);
      if (discard) return { cid, sizeBytes, created: false };
      // A file of that name is replaced: it has the same bytes, or is corrupt and healed by this.
      const created = await keep(path(cid), () => addPresent(cid));
      await verifier.trust(cid);
      return { cid, sizeBytes, created };
    },
  };
}

/** No upload takes this long: the server gives a request two minutes. */
const abandonedMs = 3_600_000;

async function removeLeftOvers(folder: string, olderThanMs: number): Promise<void> {
  if (olderThanMs === 0) await rm(folder, { recursive: true, force: true });
  for (const name of await readdir(folder).catch(() => [])) {
    const file = join(folder, name);
    const info = await stat(file).catch(() => undefined);
    if (info !== undefined && Date.now() - info.mtimeMs > olderThanMs) await rm(file, { force: true });
  }
}

/** A corrupt file is as good as none: the upload heals it. */
async function isIntact(find: BlobStore["find"], cid: string): Promise<boolean> {
  try {
    return (await find(cid)) !== undefined;
  } catch (error) {
    if (error instanceof MillraceError && error.code === "blob-corrupted") return false;
    throw error;
  }
}

async function filesIn(folder: string): Promise<{ name: string; chargedBytes: number }[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async ({ name }) => ({
      name,
      chargedBytes: chargedBytes((await stat(join(folder, name))).size),
    })),
  );
}

function sum(files: readonly { chargedBytes: number }[]): number {
  return files.reduce((total, file) => total + file.chargedBytes, 0);
}
