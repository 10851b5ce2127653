import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { moduleCid, MillraceError } from "@millrace/sdk";
import { expect } from "chai";
import fc from "fast-check";
import { openBlobStore, type BlobStore } from "../../src/blobs/blobStore.ts";

const maxBytes = 64 * 1024;
const quotaBytes = 256 * 1024;
const seed = Number(process.env["MILLRACE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

describe("openBlobStore", () => {
  let folder: string;
  let blobs: BlobStore;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "millrace-blobs-"));
    blobs = await openBlobStore({ folder, maxBytes, quotaBytes });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const put = (bytes: Uint8Array, options: { expectedCid?: string; declaredBytes?: number } = {}) =>
    blobs.put({ body: Readable.from([bytes]), ...options });
  const files = async () => (await readdir(folder)).filter((name) => name.startsWith("baf"));
  const read = async (cid: string) => {
    const blob = await blobs.find(cid);
    return blob === undefined ? undefined : buffer(blobs.read(blob));
  };

  it("default: stores bytes under their CID and gives them back", async () => {
    const bytes = randomBytes(5_000);
    const stored = await put(bytes);
    expect(stored).to.deep.equal({ cid: await moduleCid(bytes), sizeBytes: 5_000, created: true });
    expect(await read(stored.cid)).to.deep.equal(bytes);
    expect(await readdir(join(folder, "tmp"))).to.deep.equal([]);
  });

  it("behavior: any bytes in any chunks come back the same", async () => {
    const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 3_000 }), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(chunks, async (parts) => {
        const bytes = Buffer.concat(parts);
        const { cid } = await blobs.put({ body: Readable.from(parts) });
        expect(cid).to.equal(await moduleCid(bytes));
        expect(await read(cid)).to.deep.equal(bytes);
        await rm(join(folder, cid));
        // The next run counts from an empty folder.
        blobs = await openBlobStore({ folder, maxBytes, quotaBytes });
      }),
      { seed, numRuns: 40 * (process.env["MILLRACE_LONG"] === undefined ? 1 : 20) },
    );
  });

  it("behavior: a second upload is no error and takes no room", async () => {
    const bytes = randomBytes(10_000);
    await put(bytes);
    const { usedBytes } = blobs.usage();
    expect(await put(bytes)).to.include({ created: false, sizeBytes: 10_000 });
    expect(await put(bytes, { expectedCid: await moduleCid(bytes) })).to.include({ created: false });
    expect(blobs.usage().usedBytes).to.equal(usedBytes);
    expect(await files()).to.have.length(1);
  });

  it("behavior: concurrent uploads of the same and of different bytes", async () => {
    const some = Array.from({ length: 5 }, () => randomBytes(9_000));
    const results = await Promise.all([...some, ...some, ...some].map((bytes) => put(bytes)));
    expect(results.filter(({ created }) => created)).to.have.length(5);
    expect(await files()).to.have.length(5);
    const { usedBytes } = blobs.usage();
    const reopened = await openBlobStore({ folder, maxBytes, quotaBytes });
    expect(reopened.usage().usedBytes).to.equal(usedBytes);
  });

  it("behavior: what a killed upload left behind is gone after a start", async () => {
    await writeFile(join(folder, "tmp", "half"), randomBytes(100_000));
    const reopened = await openBlobStore({ folder, maxBytes, quotaBytes });
    expect(reopened.usage().usedBytes).to.equal(0);
    expect(await readdir(join(folder, "tmp"))).to.deep.equal([]);
  });

  it("behavior: an upload that ends early leaves nothing", async () => {
    const body = new PassThrough();
    const upload = refusal(blobs.put({ body }));
    body.write(randomBytes(20_000));
    setTimeout(() => body.destroy(Object.assign(new Error("aborted"), { code: "ECONNRESET" })), 20);
    expect(await upload).to.include({ code: "upload-interrupted" });
    expect(await readdir(join(folder, "tmp"))).to.deep.equal([]);
    expect(blobs.usage().usedBytes).to.equal(0);
  });

  it("behavior: is undefined for a CID that was never stored", async () => {
    expect(await blobs.find(await moduleCid(randomBytes(3)))).to.equal(undefined);
  });

  it("error: blob-corrupted, into quarantine, healed by another upload", async () => {
    const bytes = randomBytes(10_000);
    const { cid } = await put(bytes);
    const changed = Buffer.from(bytes);
    changed[17] = (changed[17] ?? 0) ^ 1;
    await writeFile(join(folder, cid), changed);
    // Asked for at the same time by several: nobody gets the wrong bytes.
    const asked = await Promise.all([1, 2, 3].map(() => refusal(blobs.find(cid))));
    expect(asked.map((error) => error?.code)).to.deep.equal(Array(3).fill("blob-corrupted"));
    expect(await blobs.find(cid)).to.equal(undefined);
    expect((await readdir(join(folder, "quarantine"))).join()).to.match(new RegExp(`^${cid}`));
    expect(await put(bytes)).to.include({ cid, created: true });
    expect(await read(cid)).to.deep.equal(bytes);
  });

  it("error: blob-corrupted after a restart on a file that a power loss cut short", async () => {
    const { cid } = await put(randomBytes(10_000));
    await truncate(join(folder, cid), 4_096);
    blobs = await openBlobStore({ folder, maxBytes, quotaBytes });
    expect(await refusal(blobs.find(cid))).to.include({ code: "blob-corrupted" });
  });

  it("error: blob-too-large, declared or not", async () => {
    const declared = await refusal(put(randomBytes(10), { declaredBytes: maxBytes + 1 }));
    expect(declared?.code).to.equal("blob-too-large");
    expect(declared?.message).to.contain("65536 bytes");
    const body = Readable.from(endless());
    expect(await refusal(blobs.put({ body }))).to.include({ code: "blob-too-large" });
    expect(await readdir(join(folder, "tmp"))).to.deep.equal([]);
    expect(blobs.usage().usedBytes).to.equal(0);
  });

  it("error: blob-empty", async () => {
    expect(await refusal(blobs.put({ body: Readable.from([]) }))).to.include({ code: "blob-empty" });
    expect(await files()).to.deep.equal([]);
  });

  it("error: cid-mismatch names both", async () => {
    const [bytes, other] = [randomBytes(10), randomBytes(10)];
    const error = await refusal(put(bytes, { expectedCid: await moduleCid(other) }));
    expect(error?.code).to.equal("cid-mismatch");
    expect(error?.message)
      .to.contain(await moduleCid(bytes))
      .and.to.contain(await moduleCid(other));
    expect(await files()).to.deep.equal([]);
  });

  it("error: cid-invalid for what is no CID, so that no other path is reached", async () => {
    for (const name of [
      "../../etc/passwd",
      "tmp",
      "",
      "bafkreiZ",
      "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG",
    ])
      expect((await refusal(blobs.find(name)))?.code, name).to.equal("cid-invalid");
  });

  it("error: blob-quota-exhausted with figures, and room again for what fits", async () => {
    for (let count = 0; count < 4; count++) await put(randomBytes(15 * 4_096));
    const error = await refusal(put(randomBytes(5 * 4_096)));
    expect(error?.code).to.equal("blob-quota-exhausted");
    expect(error?.message).to.match(/0\.2 MiB of 0\.3 MiB|of 0\.3 MiB/);
    await put(randomBytes(4 * 4_096));
    const known = (await files())[0] ?? "";
    const again = await put(await readFile(join(folder, known)), { expectedCid: known });
    expect(again.created, "a stored blob needs no room").to.equal(false);
  });

  it("behavior: concurrent uploads never exceed the quota", async () => {
    const uploads = Array.from({ length: 12 }, () => put(randomBytes(40_000)));
    const results = await Promise.allSettled(uploads);
    const stored = results.filter(({ status }) => status === "fulfilled").length;
    expect(stored).to.be.within(1, 6);
    expect(await files()).to.have.length(stored);
    expect(blobs.usage().usedBytes).to.equal(stored * 40_960);
  });
});

async function refusal(work: Promise<unknown>): Promise<MillraceError | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof MillraceError) return error;
    throw error;
  }
}

function* endless() {
  for (;;) yield createHash("sha256").digest();
}
