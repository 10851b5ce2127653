import { randomBytes } from "node:crypto";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { moduleCid } from "@millrace/sdk";
import { expect } from "chai";
import { openModuleStore } from "../../src/artifacts/moduleStore.ts";
import { expectError } from "../support/expectError.ts";
import { useFolder } from "../support/folder.ts";

describe("openModuleStore", () => {
  const folder = useFolder();
  const bytes = randomBytes(10_000);
  let cid = "";
  before(async () => {
    cid = await moduleCid(bytes);
  });

  it("default: what was written is there after the next start", async () => {
    await (await openModuleStore(folder())).store.write(cid, bytes);
    const { store, damaged } = await openModuleStore(folder());
    expect(damaged).to.deep.equal([]);
    expect(Buffer.compare((await store.read(cid)) ?? Buffer.alloc(0), bytes)).to.equal(0);
    expect((await store.stream(cid))?.sizeBytes).to.equal(bytes.length);
  });

  it("behavior: removes what a crash left half written and what was damaged on disk", async () => {
    await (await openModuleStore(folder())).store.write(cid, bytes);
    await writeFile(join(folder(), cid), bytes.subarray(1));
    await writeFile(join(folder(), `${cid}.1234.tmp`), "half");
    const { store, damaged } = await openModuleStore(folder());
    expect(damaged).to.deep.equal([cid]);
    expect(await readdir(folder())).to.deep.equal([]);
    expect(await store.read(cid)).to.equal(undefined);
  });

  it("behavior: a file damaged while the node runs is not served", async () => {
    const { store } = await openModuleStore(folder());
    await store.write(cid, bytes);
    await writeFile(join(folder(), cid), "other");
    expect(await store.read(cid)).to.equal(undefined);
  });

  it("behavior: keeps only the modules that deals need", async () => {
    const { store } = await openModuleStore(folder());
    const other = randomBytes(100);
    const otherCid = await moduleCid(other);
    await store.write(cid, bytes);
    await store.write(otherCid, other);
    expect(await store.keepOnly(new Set([cid]))).to.deep.equal([otherCid]);
    expect(await readdir(folder())).to.deep.equal([cid]);
  });

  it("error: blob-mismatch, and nothing is stored", async () => {
    const { store } = await openModuleStore(folder());
    await expectError(store.write(cid, randomBytes(10)), "blob-mismatch");
    expect(await readdir(folder())).to.deep.equal([]);
  });

  it("error: cid-invalid for a name that is a path", async () => {
    const { store } = await openModuleStore(folder());
    await expectError(store.read("../node.json"), "cid-invalid");
    await expectError(store.stream("..%2Fnode.json"), "cid-invalid");
  });
});
