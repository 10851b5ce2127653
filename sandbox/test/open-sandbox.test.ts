import { expect } from "chai";
import { embedManifest, MachineError, parseManifest, prepare } from "@millrace/machine";
import { openSandbox } from "../src/index.ts";
import { buildModule } from "./build-module.ts";
import { closeSandboxes, makeRequest, openFunction, readFixture } from "./helpers.ts";

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("openSandbox", () => {
  afterEach(closeSandboxes);

  it("default: gives the embedded manifest with its defaults", async () => {
    const sandbox = await openFunction("loop", { name: "mill", limits: { memoryMiB: 7 } });
    expect(sandbox.manifest).to.deep.include({ name: "mill", env: {} });
    expect(sandbox.manifest.limits).to.deep.equal({
      timeoutMs: 10_000,
      memoryMiB: 7,
      inputMiB: 16,
      outputMiB: 16,
      fuel: 10_000_000_000,
    });
  });

  it("behavior: tells the commitment of what it runs, each time the same", async () => {
    const prepared = prepare(readFixture("words"), { maxPages: 16 * 16 });
    const settings = { limits: { memoryMiB: 16 } };
    const [first, second] = [await openFunction("words", settings), await openFunction("words", settings)];
    expect([first.commitment, second.commitment]).to.deep.equal([prepared.commitment, prepared.commitment]);
    expect((await openFunction("words")).commitment).not.to.equal(prepared.commitment);
  });

  it("behavior: one thread per number asked for runs at the same time", async () => {
    const sandbox = await openFunction("loop", { limits: { timeoutMs: 2_000 } }, { threads: 3 });
    const before = performance.now();
    await Promise.all([1, 2, 3].map(() => sandbox.call(makeRequest())));
    expect(performance.now() - before).to.be.below(5_900);
  });

  it("error: MachineError no-manifest", async () => {
    const error = await failure(openSandbox({ module: readFixture("loop") }));
    expect(error).to.be.instanceOf(MachineError).and.include({ code: "no-manifest" });
  });

  it("error: MachineError forbidden-import", async () => {
    const error = await failure(openFunction(buildModule({ imports: [["env", "fetch"]], code: [] })));
    expect(error).to.be.instanceOf(MachineError).and.include({ code: "forbidden-import" });
    expect((error as MachineError).message).to.contain("env.fetch");
  });

  it("error: MachineError memory-too-large", async () => {
    const error = await failure(
      openFunction(buildModule({ memory: [0, 17], code: [] }), { limits: { memoryMiB: 1 } }),
    );
    expect(error).to.be.instanceOf(MachineError).and.include({ code: "memory-too-large" });
  });

  it("error: MachineError of the preparation, with its offset and next step", async () => {
    const invalid = await failure(openFunction(buildModule({ code: [0x6a] })));
    expect(invalid).to.be.instanceOf(MachineError).and.include({ code: "invalid" });
    expect(invalid).to.have.property("offset").that.is.a("number");
    expect(invalid).to.have.property("nextStep").that.is.a("string");
    const unsupported = await failure(openFunction(buildModule({ code: [0xd0, 0x70, 0x1a] })));
    const refused = { code: "unsupported-feature", feature: "reference-types" };
    expect(unsupported).to.be.instanceOf(MachineError).and.include(refused);
  });

  it("error: MachineError not-wasm", () => {
    const manifest = parseManifest({ name: "x" });
    expect(() => embedManifest(new TextEncoder().encode("(module)"), manifest)).to.throw(
      MachineError,
      "00 61 73 6d",
    );
  });
});
