import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

describe("the committed JavaScript runtime", function () {
  this.timeout(1_200_000);

  it("is what its source builds to, where its compiler is", function () {
    // It downloads the source and compiles for minutes.
    if (process.env["MILLRACE_LONG"] !== "1") this.skip();
    const script = fileURLToPath(new URL("../scripts/build.ts", import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, [script, "--check"], { encoding: "utf8" });
    if (status === 127) {
      console.log(`      skipped: ${stderr.trim()}`);
      this.skip();
    }
    expect(status, stderr).to.equal(0);
  });
});
