import { randomBytes } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { moduleCid } from "@millrace/sdk";
import { expect } from "chai";
import { type ModuleStore, openModuleStore } from "../../src/artifacts/moduleStore.ts";
import { obtainModule } from "../../src/artifacts/obtainModule.ts";
import { expectError } from "../support/expectError.ts";
import { useFolder } from "../support/folder.ts";
import { useHttpServers } from "../support/httpServer.ts";

describe("obtainModule", () => {
  const folder = useFolder();
  const serve = useHttpServers();
  const bytes = randomBytes(5_000);
  let cid = "";
  let store: ModuleStore;
  beforeEach(async () => {
    cid = await moduleCid(bytes);
    ({ store } = await openModuleStore(folder()));
  });

  const obtain = (
    sources: string[],
    {
      failures = [] as string[],
      troubles = [] as unknown[],
      signal = new AbortController().signal,
      maxBytes = 10_000,
    } = {},
  ) =>
    obtainModule({
      cid,
      store,
      maxBytes,
      signal,
      sources: () => Promise.resolve(sources),
      onFailure: (reason) => failures.push(reason),
      onStoreFailure: (error) => troubles.push(error),
    });

  it("default: takes the first source that has it, and the store from then on", async () => {
    let asked = 0;
    const wrong = await serve((_request, response) => response.end("something else"));
    const right = await serve((_request, response) => {
      asked += 1;
      response.end(bytes);
    });
    expect(Buffer.compare(await obtain(["http://127.0.0.1:1", wrong, right]), bytes)).to.equal(0);
    expect(Buffer.compare(await obtain([]), bytes)).to.equal(0);
    expect(asked).to.equal(1);
  });

  it("behavior: tries again until a source has it, and says why it has not", async () => {
    let asked = 0;
    const late = await serve((_request, response) => {
      asked += 1;
      if (asked < 3) response.writeHead(503).end();
      else response.end(bytes);
    });
    const failures: string[] = [];
    await obtain([late], { failures });
    expect(failures).to.have.length(2);
    expect(failures[0]).to.contain(cid).and.to.contain("503");
  });

  it("behavior: a disk that takes nothing does not keep the deal from being served", async () => {
    const source = await serve((_request, response) => response.end(bytes));
    await rm(folder(), { recursive: true, force: true });
    const troubles: unknown[] = [];
    expect(Buffer.compare(await obtain([source], { troubles }), bytes)).to.equal(0);
    expect(troubles).to.have.length(1);
    await mkdir(folder(), { recursive: true });
  });

  it("behavior: a disk that cannot be read does not keep the deal from being served", async () => {
    const source = await serve((_request, response) => response.end(bytes));
    await mkdir(join(folder(), cid)); // a folder where the file should be cannot be read
    const troubles: unknown[] = [];
    expect(Buffer.compare(await obtain([source], { troubles }), bytes)).to.equal(0);
    expect(troubles[0]).to.include({ code: "EISDIR" });
  });

  it("behavior: ends when the deal stops", async () => {
    const stop = new AbortController();
    const work = obtain([], { signal: stop.signal });
    setTimeout(() => stop.abort(new Error("stopped")), 50);
    const error = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect((error as Error).message).to.equal("stopped");
  });

  it("error: module-too-large where every source says so", async () => {
    const source = await serve((_request, response) => response.end(bytes));
    await expectError(obtain([source, source], { maxBytes: 100 }), "module-too-large");
  });
});
