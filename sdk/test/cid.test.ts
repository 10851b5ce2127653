import { createHash } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { toHex } from "viem";
import { cidToDigest, digestToCid, moduleCid, verifyBlob } from "@millrace/sdk";
import { failureOf } from "./support/errors.ts";
import { bytes32 } from "./support/values.ts";

describe("cid", () => {
  it("default: names known bytes as other tools do", async () => {
    // `ipfs add --raw-leaves --cid-version 1` of "hello world\n"
    const bytes = new TextEncoder().encode("hello world\n");
    expect(await moduleCid(bytes)).to.equal("bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4");
  });

  it("behavior: the digest of any bytes' CID is their sha2-256", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
        const digest = createHash("sha256").update(bytes).digest();
        expect(cidToDigest(await moduleCid(bytes))).to.equal(toHex(digest));
      }),
    );
  });

  it("behavior: any digest survives the way to a CID and back", () => {
    fc.assert(fc.property(bytes32, (digest) => cidToDigest(digestToCid(digest)) === digest));
  });

  it("error: cid-invalid, for any other text and other kinds of CID", async () => {
    const others = [
      "QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o", // version 0
      "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi", // dag-pb
      "bafkqaaa", // identity hash
      "",
    ];
    for (const other of others)
      expect((await failureOf(() => cidToDigest(other))).code).to.equal("cid-invalid");
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        expect((await failureOf(() => cidToDigest(text))).code).to.equal("cid-invalid");
      }),
    );
  });

  it("error: blob-mismatch, when a single bit differs", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1 }), fc.nat(), async (bytes, at) => {
        const cid = await moduleCid(bytes);
        await verifyBlob(cid, bytes);
        const changed = Uint8Array.from(bytes);
        const index = at % changed.length;
        changed[index] = (changed[index] ?? 0) ^ 1;
        expect((await failureOf(() => verifyBlob(cid, changed))).code).to.equal("blob-mismatch");
      }),
    );
  });
});
