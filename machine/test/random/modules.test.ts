import { expect } from "chai";
import fc from "fast-check";
import { openPaths } from "../paths/open.ts";
import type { Paths } from "../paths/open.ts";
import { runs } from "../seed.ts";
import { compareModule } from "./compare.ts";
import { generateModule } from "./generate-module.ts";

describe("random modules of our own", function () {
  this.timeout(1_800_000);
  let paths: Paths;
  before(async () => (paths = await openPaths()));

  it("native = interpreter = V8 alone: results, traps, memory; native = interpreter: fuel", () => {
    const ends = new Map<number, number>();
    const property = fc.property(
      fc.uint8Array({ minLength: 50, maxLength: 4_000, size: "max" }),
      fc.constantFrom(20n, 300n, 100_000n),
      (bytes, fuel) => {
        const { text, canonicalText } = generateModule(bytes);
        const counts = compareModule(paths, {
          wasm: paths.assemble(text),
          fuel,
          seed: String(bytes.length),
          witness: ({ program }) => paths.plain(paths.assemble(canonicalText), program.exports),
        });
        for (const [status, count] of counts) ends.set(status, (ends.get(status) ?? 0) + count);
      },
    );
    fc.assert(property, { numRuns: runs(200) });
    // The modules do something: they return, trap and run out of fuel.
    for (const status of [1, 2, 10]) expect(ends.get(status) ?? 0, `calls with status ${status}`).to.be.greaterThan(0);
  });
});
