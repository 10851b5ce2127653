import { MachineError } from "@millrace/machine";
import { expect } from "chai";
import { buildModule } from "./build-module.ts";
import { closeSandboxes, makeRequest, openFunction, outputText } from "./helpers.ts";
import type { CallResult, Sandbox } from "../src/index.ts";

const ERRNO = { badf: 8, fault: 21, inval: 28, nosys: 52, spipe: 70 };

function fields(result: CallResult): Record<string, string> {
  const lines = outputText(result).trim().split("\n");
  return Object.fromEntries(
    lines.map((line): [string, string] => [line.split(" ")[0] ?? "", line.split(" ")[1] ?? ""]),
  );
}

describe("WASI preview 1", () => {
  afterEach(closeSandboxes);

  describe("time and randomness", () => {
    const call = (sandbox: Sandbox, acceptedAtMs: number, seed: number) =>
      sandbox.call(makeRequest({ acceptedAtMs, seed: new Uint8Array(32).fill(seed) }));

    it("the clock stands at the time of the call; a sleep moves it on without waiting", async () => {
      const sandbox = await openFunction("time-random");
      const result = await call(sandbox, 1_790_000_000_123, 1);
      expect(fields(result)).to.include({
        ...{ realtime: "1790000000123", standing: "0", slept: "3000000", resolution: "1000000" },
      });
      expect(result.durationMs).to.be.below(3_000);
    });

    it("the same request, time and seed give the same answer, another seed another one", async () => {
      const sandbox = await openFunction("time-random");
      const [first, again, other] = await Promise.all([
        call(sandbox, 5, 1),
        call(sandbox, 5, 1),
        call(sandbox, 5, 2),
      ]);
      expect(outputText(first)).to.equal(outputText(again));
      expect(fields(first)["random"]).to.have.length(512).and.not.equal(fields(other)["random"]);
    });

    it("the bytes of one call do not repeat", async () => {
      const sandbox = await openFunction("time-random");
      const random = fields(await call(sandbox, 5, 1))["random"] ?? "";
      expect(random.slice(0, 256)).not.to.equal(random.slice(256));
    });

    it("by default each call has the host's time and fresh random numbers", async () => {
      const sandbox = await openFunction("time-random");
      const before = Date.now();
      const [first, second] = [await sandbox.call(makeRequest()), await sandbox.call(makeRequest())];
      expect(fields(first)["random"]).not.to.equal(fields(second)["random"]);
      expect(Number(fields(first)["realtime"])).to.be.within(before, Date.now());
    });
  });

  it("files, sockets and signals are refused, and the streams are no terminal", async () => {
    const sandbox = await openFunction("escape");
    const result = await sandbox.call(makeRequest({ text: "input" }));
    expect(result.outcome).to.equal("ok");
    const { isatty, ...attempts } = fields(result);
    expect(isatty).to.equal("0");
    expect(Object.keys(attempts)).to.have.length(15);
    expect(Object.entries(attempts).filter(([, errno]) => errno === "0")).to.deep.equal([]);
    expect(attempts).to.include({
      "seek-stdout": `${ERRNO.spipe}`,
      path_open: `${ERRNO.badf}`,
      proc_raise: `${ERRNO.nosys}`,
    });
  });

  it("addresses outside the memory are errors of the call, and the program goes on", async () => {
    const sandbox = await openFunction("pointers");
    const result = await sandbox.call(makeRequest());
    expect(result).to.include({ outcome: "ok", stderr: "" });
    const lines = outputText(result).trim().split("\n");
    const errors = lines.slice(0, -1).flatMap((line) => line.trim().split(" ").map(Number));
    expect(errors).to.have.length(5 * 13);
    expect(new Set(errors)).to.deep.equal(new Set([ERRNO.fault]));
    expect(lines.at(-1)).to.equal(`limits ${ERRNO.inval} ${ERRNO.inval}`);
  });

  it("a host function with parameters of the wrong type is refused, with its name", async () => {
    for (const name of ["args_get", "clock_time_get", "proc_exit", "random_get", "poll_oneoff"]) {
      const wasm = buildModule({
        imports: [["wasi_snapshot_preview1", name]],
        importParameters: [0x7e, 0x7e, 0x7e, 0x7e],
        code: [],
      });
      const error: unknown = await openFunction(wasm).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(MachineError).and.include({ code: "forbidden-import" });
      expect((error as MachineError).message).to.contain(`wasi_snapshot_preview1.${name}`);
    }
  });

  it("a program that ends at instantiation already is a run like any other", async () => {
    const imports: [string, string][] = [["wasi_snapshot_preview1", "proc_exit"]];
    const sandbox = await openFunction(
      buildModule({ imports, importParameters: [0x7f], code: [0x41, 0, 0x10, 0], isStartSection: true }),
    );
    expect(await sandbox.call(makeRequest())).to.include({ outcome: "ok", exitCode: 0 });
    const trapping = await openFunction(buildModule({ code: [0x00], isStartSection: true }));
    expect(await trapping.call(makeRequest())).to.include({ outcome: "trap" });
  });
});
