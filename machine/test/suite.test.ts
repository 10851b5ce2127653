import { globSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { runSuite } from "./spec/run-suite.ts";

const shared = join(import.meta.dirname, "../../../shared/wasm-spec");
const given = process.env["MILLRACE_WASM_SUITE"];
const archives = given === undefined ? globSync(join(shared, "*.tar.gz")) : [given];

describe("the official WebAssembly test suite", function () {
  this.timeout(300_000);
  if (archives.length === 0) {
    it(`is skipped: no archive in ${shared}, none in MILLRACE_WASM_SUITE`, function () {
      this.skip();
    });
  }
  for (const archive of archives) {
    it(`passes natively and in the interpreter: ${archive}`, async () => {
      const { native, interpreter, failures, notApplicable } = await runSuite(archive);
      expect(failures.slice(0, 20)).to.deep.equal([]);
      expect(native.passed).to.be.greaterThan(0);
      expect(interpreter).to.deep.equal(native);
      for (const { feature } of notApplicable) expect(feature).to.match(/^[a-z0-9-]+$/);
    });
  }
});
