import { expect } from "chai";
import { closeSandboxes, makeRequest, openFunction, outputText } from "./helpers.ts";
import { SandboxError } from "../src/index.ts";

const MIB = 2 ** 20;

describe("limits of a call", function () {
  this.timeout(60_000);
  afterEach(closeSandboxes);

  it("time: an endless loop is ended at the limit, keeps its standard error, and the next call works", async () => {
    const lines: string[] = [];
    const onStderr = ({ text }: { text: string }) => lines.push(text);
    const sandbox = await openFunction("loop", { limits: { timeoutMs: 300 } }, { threads: 1, onStderr });
    for (let round = 0; round < 3; round += 1) {
      const result = await sandbox.call(makeRequest());
      expect(result).to.include({ outcome: "timeout", exitCode: undefined, stderr: "started\nlooping" });
      expect(result.fuelUsed).to.equal(undefined);
      expect(result.message).to.contain("300 ms");
      expect(result.durationMs).to.be.within(290, 10_000);
    }
    expect(lines).to.deep.equal(["started", "looping", "started", "looping", "started", "looping"]);
  });

  it("time: what waits for a thread is not charged for the wait", async () => {
    const sandbox = await openFunction("loop", { limits: { timeoutMs: 250 } }, { threads: 1 });
    const results = await Promise.all([1, 2, 3].map(() => sandbox.call(makeRequest())));
    expect(results.map(({ outcome }) => outcome)).to.deep.equal(["timeout", "timeout", "timeout"]);
  });

  it("memory: growth is refused exactly at the limit", async () => {
    for (const memoryMiB of [1, 3, 128]) {
      const sandbox = await openFunction("memory", { limits: { memoryMiB } });
      const result = await sandbox.call(makeRequest({ query: "grow" }));
      expect(outputText(result)).to.equal(`${memoryMiB * 16}\n`);
    }
  });

  it("memory: a program that gives up at its limit is told so", async () => {
    const sandbox = await openFunction("memory", { limits: { memoryMiB: 32 } });
    const result = await sandbox.call(makeRequest({ query: "bomb" }));
    expect(result).to.include({ outcome: "memory", exitCode: undefined });
    expect(result.message).to.contain("of 32.0 MiB");
  });

  it("memory: many calls that fill theirs leave the process small enough to go on", async () => {
    const sandbox = await openFunction("memory", { limits: { memoryMiB: 128 } });
    for (let round = 0; round < 20; round += 1) {
      const calls = [1, 2].map(() => sandbox.call(makeRequest({ query: "fill", text: "100" })));
      for (const result of await Promise.all(calls)) expect(outputText(result)).to.equal("700\n");
    }
  });

  it("stack: endless recursion ends at the same call each time, and the same thread goes on", async () => {
    const sandbox = await openFunction("recursion", {}, { threads: 1 });
    const fuel = new Set<bigint | undefined>();
    for (let round = 0; round < 3; round += 1) {
      const result = await sandbox.call(makeRequest());
      expect(result).to.include({
        outcome: "stack",
        message: "The function's calls are nested too deeply: its call stack is used up.",
      });
      fuel.add(result.fuelUsed);
    }
    expect([...fuel])
      .to.have.length(1)
      .and.not.to.include(undefined);
  });

  it("fuel: the same call uses the same under any limit that is enough for it", async () => {
    const sandbox = await openFunction("words");
    const call = { text: "one two", acceptedAtMs: 5, seed: new Uint8Array(32) };
    const { fuelUsed } = await sandbox.call(makeRequest(call));
    if (fuelUsed === undefined) throw new Error("The call said nothing of its fuel.");
    const enough = await sandbox.call(makeRequest({ ...call, fuelLimit: 2n * fuelUsed }));
    expect(enough).to.include({ outcome: "ok", fuelUsed });
    const short = await sandbox.call(makeRequest({ ...call, fuelLimit: fuelUsed - 1n }));
    expect(short).to.include({ outcome: "out-of-fuel", fuelUsed: fuelUsed - 1n, exitCode: undefined });
    expect(short.output).to.have.length(0);
  });

  it("fuel: an endless loop ends at the limit, which a call may lower and not raise", async () => {
    const sandbox = await openFunction("loop", { limits: { fuel: 1_000_000 } });
    const limits: [bigint | undefined, bigint][] = [
      [undefined, 1_000_000n],
      [999n, 999n],
      [0n, 0n],
      [2n ** 70n, 1_000_000n],
    ];
    for (const [asked, used] of limits) {
      const result = await sandbox.call(makeRequest(asked === undefined ? {} : { fuelLimit: asked }));
      expect(result).to.include({ outcome: "out-of-fuel", fuelUsed: used, exitCode: undefined });
      expect(result.message).to.equal(`The function used up its ${used} units of fuel (limits.fuel).`);
      if (asked === undefined) expect(result.stderr).to.equal("started\nlooping");
    }
  });

  it("output: the limit itself fits, one byte more does not", async () => {
    const sandbox = await openFunction("output", { limits: { outputMiB: 2 } });
    const fits = await sandbox.call(makeRequest({ text: `${2 * MIB}` }));
    expect(fits.outcome).to.equal("ok");
    expect(fits.output).to.have.length(2 * MIB);
    const tooLarge = await sandbox.call(makeRequest({ text: `${2 * MIB + 1}` }));
    expect(tooLarge).to.include({ outcome: "output-too-large", exitCode: undefined });
    expect(tooLarge.output).to.have.length(0);
    expect(tooLarge.message).to.contain("limits.outputMiB");
    expect((await sandbox.call(makeRequest({ text: "1000000000000" }))).outcome).to.equal("output-too-large");
  });

  it("standard error: the first 64 KiB are kept, the rest is dropped, and a line says so", async () => {
    const sandbox = await openFunction("output");
    const result = await sandbox.call(makeRequest({ query: "stderr", text: "100000000" }));
    expect(result.outcome).to.equal("ok");
    const note = "[Of what a call writes the first 64 KiB are kept.]\n";
    expect(result.stderr).to.equal(`${"x".repeat(64 * 1024)}\n${note}`);
    const less = await sandbox.call(makeRequest({ query: "stderr", text: String(64 * 1024 - 1) }));
    expect(less.stderr).to.equal("x".repeat(64 * 1024 - 1));
  });

  it("input: a body over the limit is refused before it runs", async () => {
    const sandbox = await openFunction("echo", { limits: { inputMiB: 1 } });
    expect((await sandbox.call(makeRequest({ body: new Uint8Array(MIB) }))).outcome).to.equal("ok");
    const error: unknown = await sandbox
      .call(makeRequest({ body: new Uint8Array(MIB + 1) }))
      .catch((e: unknown) => e);
    expect(error).to.be.instanceOf(SandboxError).and.include({ code: "input-too-large" });
  });
});
