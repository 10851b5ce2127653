import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { embedManifest, parseManifest } from "@millrace/machine";
import { MillraceError, type Chain } from "@millrace/sdk";
import { expect } from "chai";
import { failureOf } from "../../sdk/test/support/errors.ts";
import { deployment } from "../../sdk/test/support/values.ts";
import { describeChain } from "../src/commands/dev/status.ts";
import { readName } from "../src/commands/function/list.ts";
import { explainCall } from "../src/deal/explainCall.ts";
import { root } from "./support/millrace.ts";

describe("describeChain", () => {
  const chainOf = (ageSeconds: number): Chain => {
    const timestamp = BigInt(Math.floor(Date.now() / 1000) - ageSeconds);
    const getBlock = () => Promise.resolve({ number: 7n, timestamp });
    const started = { ...deployment, genesis: Number(timestamp) - 25 };
    return { deployment: started, publicClient: { getBlock } } as unknown as Chain;
  };

  it("default: block, epoch, and how long it lasts", async () => {
    expect(await describeChain(chainOf(1))).to.equal("block 7, epoch 2, the next in 5 s");
  });

  it("error: a chain that makes no blocks any more is not up", async () => {
    const error = await failureOf(() => describeChain(chainOf(3600)));
    expect(error.code).to.equal("chain-halted");
    expect(error.message).to.match(/^its newest block 7 is 1 h.* old$/);
  });
});

describe("readName", () => {
  const from = (fetchBlob: () => Promise<Uint8Array>) => readName({ fetchBlob }, "bafk…");

  it("default: the name in the module", async () => {
    const code = await readFile(join(root, "sandbox/test/fixtures/echo.wasm"));
    const module = embedManifest(code, parseManifest({ name: "echo" }));
    expect(await from(() => Promise.resolve(module))).to.equal("echo");
  });

  it("behavior: none where the module has no settings, is none, or cannot be had", async () => {
    const code = await readFile(join(root, "sandbox/test/fixtures/echo.wasm"));
    expect(await from(() => Promise.resolve(code))).to.equal(null);
    expect(await from(() => Promise.resolve(Uint8Array.of(1, 2, 3)))).to.equal(null);
    const missing = new MillraceError({ code: "blob-missing", shortMessage: "It is not there." });
    expect(await from(() => Promise.reject(missing))).to.equal(null);
  });
});

describe("explainCall", () => {
  const caller = "0x23618e81E3f5cdF7f54C3d65f7FBc0aBf5B21E8f";
  const error = (code: string) => new MillraceError({ code, shortMessage: "It failed.", requestId: "r1" });

  it("default: a function's failure names the command that shows its log", () => {
    const call = { deal: 3n, caller: undefined, permitted: false };
    const explained = explainCall(error("function-failed"), call);
    expect(explained).to.include({ code: "function-failed", shortMessage: "It failed.", requestId: "r1" });
    expect(explained.nextStep).to.include("millrace function logs 3 --request r1");
  });

  it("behavior: a caller without a permission learns how to get one", () => {
    const explained = explainCall(error("permission-issuer"), { deal: 3n, caller, permitted: false });
    expect(explained.shortMessage).to.include("Deal 3").and.include(caller);
    expect(explained.nextStep).to.include(`millrace deal permit 3 ${caller}`).and.include("--permission");
  });

  it("behavior: what a given permission lacks, and everything else, stays as the worker said it", () => {
    const refused = error("permission-expired");
    expect(explainCall(refused, { deal: 3n, caller, permitted: true })).to.equal(refused);
    const busy = error("deal-busy");
    expect(explainCall(busy, { deal: 3n, caller, permitted: false })).to.equal(busy);
  });
});
