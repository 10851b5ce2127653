import { expect } from "chai";
import { execa } from "execa";
import type { ReportedOutcome } from "./paths/report-outcomes.ts";

const REPORT = new URL("paths/report-outcomes.ts", import.meta.url).pathname;

/** Options of V8 that change which compiler makes a module's code, when, and what stands around it. */
const OPTIONS: string[][] = [
  ["--no-liftoff"],
  ["--no-wasm-tier-up"],
  ["--liftoff-only"],
  ["--no-wasm-lazy-compilation"],
  ["--no-wasm-dynamic-tiering", "--no-liftoff"],
];
/** Sizes of the thread's stack, in MiB. */
const STACKS = [32, 64, 256];

describe("the same outcomes under every way in which V8 can be set", function () {
  this.timeout(600_000);
  let expected: ReportedOutcome[];

  async function report(
    stackMiB: number,
    options: readonly string[],
    path: string,
  ): Promise<ReportedOutcome[]> {
    const { stdout } = await execa(process.execPath, [...options, REPORT, String(stackMiB), path]);
    return JSON.parse(stdout) as ReportedOutcome[];
  }

  before(async () => (expected = await report(64, [], "interpreter")));

  it("the programs end in every way there is", () => {
    const statuses = new Set(expected.map(({ status }) => status));
    expect([...statuses].sort((a, b) => a - b)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  for (const options of [[], ...OPTIONS]) {
    it(`node ${options.join(" ")}: NaN bits, growth, recursion, traps, fuel`, async () => {
      expect(await report(64, options, "native")).to.deep.equal(expected);
    });
  }
  for (const stackMiB of STACKS) {
    it(`a stack of ${stackMiB} MiB, with both of V8's compilers`, async () => {
      for (const options of [["--liftoff-only"], ["--no-liftoff"]])
        expect(await report(stackMiB, options, "native")).to.deep.equal(expected);
    });
  }
});
