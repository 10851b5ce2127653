import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { digestToCid } from "@millrace/sdk";
import { blobCorrupted } from "./errors.ts";

/** Makes sure that a file has the bytes that its name promises, once per process and state of the file. */
export interface Verifier {
  /**
   * Size of the blob's file, undefined if there is none.
   * @throws {@link MillraceError} `blob-corrupted`; the file is in quarantine from then on
   */
  sizeOf: (cid: string) => Promise<number | undefined>;
  /** The file was just written from bytes that were hashed on their way. */
  trust: (cid: string) => Promise<void>;
}

interface VerifierParameters {
  readonly path: (cid: string) => string;
  readonly quarantineFolder: string;
  readonly onCorrupted: (cid: string) => void;
}

export function createVerifier({ path, quarantineFolder, onCorrupted }: VerifierParameters): Verifier {
  /** CID → the file state that was found to be right. */
  const verified = new Map<string, string>();
  /** So that those who ask at the same time share one reading of the file. */
  const checking = new Map<string, Promise<boolean>>();

  async function check(cid: string, stamp: string): Promise<void> {
    const running = checking.get(cid) ?? hashesTo(path(cid), cid).finally(() => checking.delete(cid));
    checking.set(cid, running);
    if (await running) {
      verified.set(cid, stamp);
      return;
    }
    verified.delete(cid);
    onCorrupted(cid);
    // Whoever asked at the same time may have moved it already.
    await rename(path(cid), join(quarantineFolder, `${cid}.${Date.now()}`)).catch(ignoreMissing);
    throw blobCorrupted(cid);
  }

  return {
    async sizeOf(cid) {
      const file = await statFile(path(cid));
      if (file === undefined) return undefined;
      if (verified.get(cid) !== file.stamp) await check(cid, file.stamp);
      return file.sizeBytes;
    },
    async trust(cid) {
      const file = await statFile(path(cid));
      if (file !== undefined) verified.set(cid, file.stamp);
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
  return { sizeBytes: file.size, stamp: `${file.ino}:${file.size}:${file.mtimeMs}` };
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
}
