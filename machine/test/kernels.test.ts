import { createHash } from "node:crypto";
import { expect } from "chai";
import { inputFor, readKernels } from "../../scripts/bench/machine/kernels.ts";
import { prepare } from "../src/prepare.ts";
import { replay, runNatively } from "./paths/run-input.ts";

const isLong = process.env["MILLRACE_LONG"] === "1";
const PLENTY = 2n ** 60n;
/** Turns with which each kernel executes more than 10^9 instructions of WebAssembly. */
const LONG_TURNS: Record<string, number> = { sha256: 100, matrix: 12, sort: 10, regex: 45, json: 45 };

describe("compiled programs in C, C++, Rust and AssemblyScript: native = interpreter", function () {
  this.timeout(1_800_000);

  for (const name of Object.keys(LONG_TURNS)) {
    const turns = isLong ? (LONG_TURNS[name] ?? 0) : 1;
    it(`${name}, ${turns} turns${isLong ? ", over 10⁹ instructions" : ""}: output, status and fuel, and half of the fuel`, async () => {
      const kernel = (await readKernels()).find((each) => each.name === name);
      if (kernel === undefined) throw new Error(`there is no kernel ${name}`);
      const prepared = prepare(kernel.wasm, { maxPages: 1_024 });
      const input = inputFor(turns);
      const native = runNatively({ prepared, input, fuel: PLENTY });
      const { result, steps } = replay({ prepared, input, fuel: PLENTY });
      expect(result).to.deep.equal(native);
      expect(native.status).to.equal(1);
      expect(native.output).to.have.length.greaterThan(0);
      expect(steps <= native.fuelUsed).to.equal(true);
      const fuel = native.fuelUsed / 2n;
      const half = runNatively({ prepared, input, fuel });
      expect(half).to.include({ status: 10, fuelUsed: fuel });
      expect(replay({ prepared, input, fuel }).result).to.deep.equal(half);
    });
  }

  it("sha256 gives what Node's own gives", async () => {
    const kernel = (await readKernels()).find(({ name }) => name === "sha256");
    const prepared = prepare(kernel?.wasm ?? new Uint8Array(0), { maxPages: 1_024 });
    const { output } = runNatively({ prepared, input: inputFor(3), fuel: PLENTY });
    const message = Buffer.alloc(65_536);
    for (let turn = 0; turn < 3; turn += 1) createHash("sha256").update(message).digest().copy(message);
    expect(Buffer.from(output).toString()).to.equal(`${message.subarray(0, 32).toString("hex")}\n`);
  });
});
