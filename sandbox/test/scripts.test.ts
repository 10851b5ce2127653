import { expect } from "chai";
import { buildScriptModule, MachineError, PAGES_PER_MIB, parseManifest, prepare } from "@millrace/machine";
import { createSandboxes } from "../src/index.ts";
import type { OpenSandboxParameters, Sandbox } from "../src/index.ts";
import { makeRequest, outputText, readFixture } from "./helpers.ts";

const RUNTIME = readFixture("runtime");
const CID = `bafkrei${"a".repeat(52)}`;

function scriptModule(script: string, settings: object = {}): Uint8Array {
  const manifest = parseManifest({ name: "script", runtime: CID, ...settings });
  return buildScriptModule(new TextEncoder().encode(script), manifest);
}

describe("scripts", function () {
  this.timeout(60_000);
  const sandboxes = createSandboxes({ spares: 1 });
  const open = new Set<Sandbox>();
  async function openScript(
    script: string,
    { settings = {}, ...parameters }: Partial<OpenSandboxParameters> & { settings?: object } = {},
  ): Promise<Sandbox> {
    const sandbox = await sandboxes.open({
      module: scriptModule(script, settings),
      runtime: RUNTIME,
      ...parameters,
    });
    open.add(sandbox);
    return sandbox;
  }
  afterEach(async () => {
    await Promise.all([...open].map((sandbox) => sandbox.close()));
    open.clear();
  });
  after(() => sandboxes.close());

  it("a script runs on its runtime, with the commitment of both and its own limits", async () => {
    const settings = { limits: { memoryMiB: 8, outputMiB: 1 } };
    const sandbox = await openScript("script ", { settings });
    const result = await sandbox.call(makeRequest({ text: "and body" }));
    expect(outputText(result)).to.equal("script and body");
    const script = new TextEncoder().encode("script ");
    expect(sandbox.commitment).to.equal(prepare(RUNTIME, { maxPages: 8 * PAGES_PER_MIB, script }).commitment);
    const tooLarge = await sandbox.call(makeRequest({ text: "x".repeat(2 ** 20) }));
    expect(tooLarge.outcome).to.equal("output-too-large");
  });

  it("the process that waits takes the next script, and each script sees itself alone", async () => {
    for (const name of ["first", "second, longer", "3rd"]) {
      const sandbox = await openScript(name, { threads: 3 });
      await sandboxes.settled();
      const calls = ["a", "b", "c", "d"].map((text) => sandbox.call(makeRequest({ text })));
      expect((await Promise.all(calls)).map(outputText)).to.deep.equal(
        ["a", "b", "c", "d"].map((text) => name + text),
      );
    }
  });

  it("the runtime without a script says so", async () => {
    const { embedManifest } = await import("@millrace/machine");
    const module = embedManifest(RUNTIME, parseManifest({ name: "runtime" }));
    const sandbox = await sandboxes.open({ module });
    open.add(sandbox);
    expect(await sandbox.call(makeRequest())).to.include({ outcome: "exit", exitCode: 3 });
  });

  it("answer cgi: status, headers and body; malformed is an outcome of its own that keeps the output", async () => {
    const settings = { answer: "cgi" };
    const sandbox = await openScript("Status: 404\nX-From: script\n\n", { settings });
    const { answer, output } = await sandbox.call(makeRequest({ text: "nothing here" }));
    expect(answer).to.deep.include({ status: 404 });
    expect(answer?.headers).to.deep.include(["x-from", "script"]);
    expect(Buffer.from(answer?.body ?? []).toString()).to.equal("nothing here");
    expect(Buffer.from(output).toString()).to.equal("Status: 404\nX-From: script\n\nnothing here");
    const malformed = await (await openScript("no head", { settings })).call(makeRequest());
    expect(malformed).to.include({ outcome: "malformed-answer" }).and.not.to.have.property("answer");
    expect(malformed.message).to.contain("no empty line").and.contain('"answer": "cgi"');
    expect(outputText(malformed)).to.equal("no head");
  });

  it("error: MachineError invalid-runtime without the runtime, or with a script in its place", async () => {
    for (const runtime of [undefined, scriptModule("x")]) {
      const parameters = { module: scriptModule("y"), ...(runtime === undefined ? {} : { runtime }) };
      const error: unknown = await sandboxes.open(parameters).catch((caught: unknown) => caught);
      expect(error).to.be.instanceOf(MachineError).and.include({ code: "invalid-runtime" });
      expect((error as MachineError).message).to.contain(CID);
    }
  });
});
