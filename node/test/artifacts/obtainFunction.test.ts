import { randomBytes } from "node:crypto";
import { buildScriptModule, parseManifest } from "@millrace/machine";
import { moduleCid } from "@millrace/sdk";
import { expect } from "chai";
import { type ModuleStore, openModuleStore } from "../../src/artifacts/moduleStore.ts";
import { obtainFunction } from "../../src/artifacts/obtainFunction.ts";
import { fixtureModule } from "../support/fixtures.ts";
import { useFolder } from "../support/folder.ts";
import { useHttpServers } from "../support/httpServer.ts";

describe("obtainFunction", () => {
  const folder = useFolder();
  const serve = useHttpServers();
  const runtime = randomBytes(3_000);
  let runtimeCid = "";
  let script: Uint8Array;
  let store: ModuleStore;
  beforeEach(async () => {
    runtimeCid = await moduleCid(runtime);
    script = buildScriptModule(randomBytes(100), parseManifest({ name: "script", runtime: runtimeCid }));
    ({ store } = await openModuleStore(folder()));
  });

  /** A source of modules; what it has can change. */
  async function open(blobs: Map<string, Uint8Array>): Promise<string> {
    return serve((request, response) => {
      const bytes = blobs.get((request.url ?? "").replace("/v1/blobs/", ""));
      if (bytes === undefined) response.writeHead(404).end();
      else response.end(bytes);
    });
  }

  const obtain = async (source: string, module: Uint8Array, failures: string[] = []) =>
    obtainFunction({
      cid: await moduleCid(module),
      ...{ store, maxBytes: 100_000, signal: new AbortController().signal },
      sources: () => Promise.resolve([source]),
      onFailure: (reason) => failures.push(reason),
      onStoreFailure: () => undefined,
    });

  it("default: a script comes with its runtime, and both are in the store from then on", async () => {
    const blobs = new Map([
      [await moduleCid(script), script],
      [runtimeCid, runtime],
    ]);
    const got = await obtain(await open(blobs), script);
    expect(Buffer.compare(got.module, script)).to.equal(0);
    expect(Buffer.compare(got.runtime ?? Buffer.alloc(0), runtime)).to.equal(0);
    const again = await obtain("http://127.0.0.1:1", script);
    expect(Buffer.compare(again.runtime ?? Buffer.alloc(0), runtime)).to.equal(0);
  });

  it("behavior: a module with code of its own comes alone", async () => {
    const module = fixtureModule("echo");
    const source = await open(new Map([[await moduleCid(module), module]]));
    const got = await obtain(source, module);
    expect(got).not.to.have.property("runtime");
  });

  it("behavior: says that the runtime is missing, takes no other bytes for it, and goes on asking", async () => {
    const blobs = new Map([[await moduleCid(script), script]]);
    const failures: string[] = [];
    const coming = obtain(await open(blobs), script, failures);
    while (failures.length < 1) await new Promise((resolve) => setTimeout(resolve, 20));
    blobs.set(runtimeCid, randomBytes(3_000));
    while (failures.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    blobs.set(runtimeCid, runtime);
    expect(Buffer.compare((await coming).runtime ?? Buffer.alloc(0), runtime)).to.equal(0);
    for (const failure of failures) expect(failure).to.contain(`runtime ${runtimeCid} is missing`);
  });

  it("behavior: the store keeps the runtimes of the scripts that it keeps, also after a start", async () => {
    const other = randomBytes(10);
    for (const bytes of [script, runtime, other]) await store.write(await moduleCid(bytes), bytes);
    const kept = new Set([await moduleCid(script)]);
    expect(await store.keepOnly(kept)).to.deep.equal([await moduleCid(other)]);
    const { store: reopened } = await openModuleStore(folder());
    expect(await reopened.keepOnly(kept)).to.deep.equal([]);
    expect(await reopened.keepOnly(new Set())).to.have.length(2);
  });
});
