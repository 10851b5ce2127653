import { expect } from "chai";
import fc from "fast-check";
import { MachineError } from "../../src/errors.ts";
import { openPaths } from "../paths/open.ts";
import type { Paths } from "../paths/open.ts";
import { runs } from "../seed.ts";
import { generateModule } from "./generate-module.ts";

/** Refusals that say the module is none at all; V8 must refuse it too. */
const NO_MODULE = new Set(["not-wasm", "truncated", "malformed", "invalid"]);

describe("modules with wrong bytes", function () {
  this.timeout(600_000);
  let paths: Paths;
  before(async () => (paths = await openPaths()));

  it("are refused where V8 refuses them, with a reason, and never give a module that V8 refuses", () => {
    const counts = { accepted: 0, noModule: 0, otherwise: 0 };
    const property = fc.property(
      fc.uint8Array({ minLength: 50, maxLength: 600, size: "max" }),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }),
      (bytes, changes) => {
        const wasm = paths.assemble(generateModule(bytes).text);
        for (const [at, value] of changes) wasm[8 + (at % (wasm.length - 8))] = value;
        const isValid = WebAssembly.validate(wasm);
        try {
          const { module } = paths.prepare(wasm);
          counts.accepted += 1;
          expect(isValid, "V8 accepts what is prepared").to.equal(true);
          expect(WebAssembly.validate(module), "V8 accepts the instrumented module").to.equal(true);
        } catch (error) {
          if (!(error instanceof MachineError)) throw error;
          const says = `${error.code}: ${error.message}`;
          if (NO_MODULE.has(error.code)) {
            counts.noModule += 1;
            expect(isValid, `V8 accepts what is refused as ${says}`).to.equal(false);
          } else counts.otherwise += 1;
        }
      },
    );
    fc.assert(property, { numRuns: runs(2_000) });
    for (const [kind, count] of Object.entries(counts)) expect(count, kind).to.be.greaterThan(0);
  });
});
