import { createHash, randomUUID, type Hash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { digestToCid, MillraceError } from "@millrace/sdk";
import { blobEmpty, blobTooLarge, cidMismatch, diskFull, uploadInterrupted } from "./errors.ts";
import { chargedBytes, type Quota, type Reservation } from "./quota.ts";

interface ReceiveParameters {
  readonly body: Readable;
  readonly expectedCid: string | undefined;
  readonly declaredBytes: number | undefined;
  readonly maxBytes: number;
  readonly quota: Quota;
  readonly tempFolder: string;
  /** True: only hash the bytes, they are stored already. */
  readonly discard: boolean;
}

interface ReceivedBlob {
  readonly cid: string;
  readonly sizeBytes: number;
  /** Moves the bytes to their place, durably and in one step. `isNew` says whether they take room of their own. */
  readonly keep: (path: string, isNew: () => boolean) => Promise<boolean>;
}

/**
 * Streams a body into a temporary file while it hashes and counts it. Whatever goes wrong, the file is removed and
 * its room given back.
 * @throws {@link MillraceError} `blob-too-large`, `blob-empty`, `cid-mismatch`, `blob-quota-exhausted`,
 * `upload-interrupted`, `disk-full`
 */
export async function receiveBlob(parameters: ReceiveParameters): Promise<ReceivedBlob> {
  const { body, expectedCid, declaredBytes, maxBytes, quota, discard } = parameters;
  if (declaredBytes === 0) throw blobEmpty();
  if (declaredBytes !== undefined && declaredBytes > maxBytes) throw blobTooLarge(maxBytes);
  if (declaredBytes !== undefined && !discard) quota.assertFits(chargedBytes(declaredBytes));

  const temp = join(parameters.tempFolder, randomUUID());
  const reservation = quota.reserve();
  const hash = createHash("sha256");
  const count = { sizeBytes: 0 };
  try {
    const meter = meterInto({ hash, count, maxBytes, reservation: discard ? undefined : reservation });
    // The body outlives a refusal: the answer to it still has to go out on its socket.
    const source = body.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
    await pipeline(
      source,
      meter,
      discard ? devNull() : createWriteStream(temp, { flags: "wx", flush: true }),
    );
    if (count.sizeBytes === 0) throw blobEmpty();
    const cid = digestToCid(`0x${hash.digest("hex")}`);
    if (expectedCid !== undefined && expectedCid !== cid) throw cidMismatch(expectedCid, cid);
    const { sizeBytes } = count;
    return {
      cid,
      sizeBytes,
      keep: (path, isNew) => moveInto({ path, temp, sizeBytes, reservation, isNew }),
    };
  } catch (error) {
    await rm(temp, { force: true });
    reservation.settle(0);
    throw explain(error);
  }
}

interface MeterParameters {
  readonly hash: Hash;
  readonly count: { sizeBytes: number };
  readonly maxBytes: number;
  readonly reservation: Reservation | undefined;
}

function meterInto({ hash, count, maxBytes, reservation }: MeterParameters) {
  return async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      count.sizeBytes += chunk.length;
      if (count.sizeBytes > maxBytes) throw blobTooLarge(maxBytes);
      reservation?.growTo(count.sizeBytes);
      hash.update(chunk);
      yield chunk;
    }
  };
}

interface MoveParameters {
  readonly path: string;
  readonly temp: string;
  readonly sizeBytes: number;
  readonly reservation: Reservation;
  readonly isNew: () => boolean;
}

async function moveInto({ path, temp, sizeBytes, reservation, isNew }: MoveParameters): Promise<boolean> {
  try {
    await rename(temp, path);
  } catch (error) {
    await rm(temp, { force: true });
    reservation.settle(0);
    throw explain(error);
  }
  const added = isNew();
  reservation.settle(added ? chargedBytes(sizeBytes) : 0);
  await syncFolder(dirname(path));
  return added;
}

/** A rename is durable once the folder that holds the name is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function devNull(): Writable {
  return new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
}

function explain(error: unknown): unknown {
  if (error instanceof MillraceError) return error;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOSPC" || code === "EDQUOT") return diskFull(error);
  if (code === "ECONNRESET" || code === "ERR_STREAM_PREMATURE_CLOSE" || code === "ABORT_ERR") {
    return uploadInterrupted(error);
  }
  return error;
}
