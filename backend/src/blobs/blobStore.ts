import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { cidToDigest, digestToCid, MillraceError } from "@millrace/sdk";
import { blobCorrupted } from "./errors.ts";
import { chargedBytes, openQuota, type QuotaUsage } from "./quota.ts";
import { receiveBlob } from "./receiveBlob.ts";

/** A stored blob: its canonical CID and its size. */
export interface BlobInfo {
  readonly cid: string;
  readonly sizeBytes: number;
}

/** What {@link BlobStore.put} takes. */
export interface PutParameters {
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
}

/**
 * Opens the folder: removes what uploads left behind when the process was killed and counts what is there.
 * @param parameters folder (created if missing), most bytes of one blob, most bytes of all
 */
export async function openBlobStore(parameters: BlobStoreParameters): Promise<BlobStore> {
  const { folder, maxBytes } = parameters;
  const tempFolder = join(folder, "tmp");
  const quarantineFolder = join(folder, "quarantine");
  await rm(tempFolder, { recursive: true, force: true });
  await mkdir(tempFolder, { recursive: true });
  await mkdir(quarantineFolder, { recursive: true });
  const files = await filesIn(folder);
  const quota = openQuota(parameters.quotaBytes, sum(files) + sum(await filesIn(quarantineFolder)));

  /** CIDs that have a file, so that a file's room is counted once. */
  const present = new Set(files.map(({ name }) => name));
  /** CID → the file state that was found to be right. */
  const verified = new Map<string, string>();
  const checking = new Map<string, Promise<boolean>>();
  const path = (cid: string): string => join(folder, cid);

  async function find(cid: string): Promise<BlobInfo | undefined> {
    cidToDigest(cid); // only a CID becomes a path
    const file = await statFile(path(cid));
    if (file === undefined) return undefined;
    if (verified.get(cid) !== file.stamp) await check(cid, file.stamp);
    return { cid, sizeBytes: file.sizeBytes };
  }

  /** A corrupt file is as good as none: the upload heals it. */
  async function findIntact(cid: string): Promise<BlobInfo | undefined> {
    try {
      return await find(cid);
    } catch (error) {
      if (error instanceof MillraceError && error.code === "blob-corrupted") return undefined;
      throw error;
    }
  }

  async function check(cid: string, stamp: string): Promise<void> {
    const running = checking.get(cid) ?? hashesTo(path(cid), cid).finally(() => checking.delete(cid));
    checking.set(cid, running);
    if (await running) {
      verified.set(cid, stamp);
      return;
    }
    verified.delete(cid);
    present.delete(cid);
    // Whoever asked at the same time may have moved it already.
    await rename(path(cid), join(quarantineFolder, `${cid}.${Date.now()}`)).catch(ignoreMissing);
    throw blobCorrupted(cid);
  }

  return {
    find,
    read: (blob) => createReadStream(path(blob.cid)),
    usage: quota.usage,
    async put({ body, expectedCid, declaredBytes }) {
      const stored = expectedCid === undefined ? undefined : await findIntact(expectedCid);
      const { cid, sizeBytes, keep } = await receiveBlob({
        body,
        expectedCid,
        declaredBytes,
        maxBytes,
        quota,
        tempFolder,
        discard: stored !== undefined,
      });
      if (stored !== undefined) return { cid, sizeBytes, created: false };
      let created = false;
      // A file of that name is replaced: it has the same bytes, or is corrupt and healed by this.
      await keep(path(cid), () => {
        created = !present.has(cid);
        present.add(cid);
        return created;
      });
      const file = await statFile(path(cid));
      if (file !== undefined) verified.set(cid, file.stamp);
      return { cid, sizeBytes, created };
    },
  };
}

async function hashesTo(path: string, cid: string): Promise<boolean> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return digestToCid(`0x${hash.digest("hex")}`) === cid;
}

async function statFile(path: string): Promise<{ sizeBytes: number; stamp: string } | undefined> {
  const file = await stat(path).catch(ignoreMissing);
  if (!file?.isFile()) return undefined;
  const stamp = `${file.ino}:${file.size}:${file.mtimeMs}`;
  return { sizeBytes: file.size, stamp };
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

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
}
