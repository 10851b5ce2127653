import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { execa } from "execa";

const SCRIPT = fileURLToPath(new URL("deterministic.ts", import.meta.url));

describe("native runs", function () {
  this.timeout(120_000);

  it("give the same however V8 compiles and however large the stack is", async () => {
    const run = async (stackMiB: number, ...flags: string[]): Promise<string> => {
      const { stdout } = await execa(process.execPath, [...flags, SCRIPT, String(stackMiB)]);
      return stdout;
    };
    const expected = await run(64);
    expect(expected.split("\n").map((line) => line.split(" ").slice(0, 3).join(" "))).to.deep.equal([
      ...["iostream 1 0", "memory 1 0", "recursion 9 0", "time-random 1 0", "words 1 0"],
      ...["recursion-0 9 0", "recursion-1 9 0", "recursion-10 9 0", "recursion-100 9 0"],
    ]);
    expect(await run(200)).to.equal(expected);
    expect(await run(64, "--no-liftoff")).to.equal(expected);
    expect(await run(64, "--liftoff-only")).to.equal(expected);
    expect(await run(64, "--no-wasm-tier-up")).to.equal(expected);
  });
});
