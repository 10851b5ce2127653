import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import {
  encodeAbiParameters,
  encodeErrorResult,
  HttpRequestError,
  toFunctionSelector,
  type AbiParameter,
} from "viem";
import { dealsAbi, decodeRevert, MillraceError } from "@millrace/sdk";
import { explainedAbi, kebabCase } from "../src/errors/decodeRevert.ts";
import { address, bytes32, deployment } from "./support/values.ts";

const errors = explainedAbi.filter((item) => item.type === "error");

/** Any values of the kinds that errors carry. */
function valueOf({ type }: AbiParameter): fc.Arbitrary<unknown> {
  if (type === "address") return address;
  if (type === "bytes32") return bytes32;
  if (type === "string") return fc.string();
  const bits = Number(/^uint(\d+)$/.exec(type)?.[1]);
  if (bits <= 48) return fc.integer({ min: 0, max: 2 ** bits - 1 });
  return fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n });
}

describe("decodeRevert", () => {
  it("default: a sentence with the amounts in the token's units, and the command that helps", () => {
    const data = encodeErrorResult({
      abi: dealsAbi,
      errorName: "DealsBalanceTooSmall",
      args: [3n, 5_000_000n, 15_500_000n],
    });
    const error = decodeRevert({ cause: { data: { data } } }, { deployment });
    expect(error.code).to.equal("deals-balance-too-small");
    expect(error.shortMessage).to.equal("Deal 3 holds 5 tUSD and needs 15.5 tUSD.");
    expect(error.nextStep).to.equal("Top it up: millrace deal fund 3 10.5");
    expect(error.retryable).to.equal(false);
  });

  for (const item of errors) {
    it(`behavior: ${item.name} has words, whatever its values`, () => {
      const inputs: readonly AbiParameter[] = item.inputs;
      const signature = `${item.name}(${inputs.map(({ type }) => type).join(",")})`;
      fc.assert(
        fc.property(fc.tuple(...inputs.map(valueOf)), (args) => {
          const encoded = encodeAbiParameters(inputs, args as never);
          const data = `${toFunctionSelector(signature)}${encoded.slice(2)}`;
          const error = decodeRevert({ data }, { deployment });
          expect(error.code).to.equal(kebabCase(item.name));
          expect(error.shortMessage).to.match(/^.+[.]$/s);
          expect(error.shortMessage).to.not.match(/undefined|\[object|NaN/);
          expect(error.nextStep).to.match(/^\S.{5,}/s);
          expect(error.nextStep).to.not.match(/undefined|\[object|NaN/);
        }),
        { numRuns: 30 },
      );
    });
  }

  it("behavior: a Solidity reason and unknown data are told as they are", () => {
    const reason = `0x08c379a0${encodeAbiParameters([{ type: "string" }], ["no luck"]).slice(2)}`;
    expect(decodeRevert({ data: reason }).code).to.equal("reverted");
    expect(decodeRevert({ data: reason }).details).to.include("no luck");
    expect(decodeRevert({ data: "0xdeadbeef" }).details).to.include("0xdeadbeef");
  });

  it("behavior: an unreachable end and a lack of gas money have codes of their own", () => {
    const url = "http://127.0.0.1:1";
    const lost = new HttpRequestError({ url, cause: new Error("fetch failed") });
    expect(decodeRevert(lost)).to.include({ code: "rpc-unreachable", retryable: true });
    expect(decodeRevert(lost).shortMessage).to.include(url);
    const hardhat = new Error("Sender doesn't have enough funds to send tx.");
    expect(decodeRevert(hardhat)).to.include({ code: "gas-money-short", retryable: false });
  });

  it("behavior: whatever was thrown becomes a MillraceError that keeps it", () => {
    const own = new MillraceError({ code: "x", shortMessage: "x" });
    expect(decodeRevert(own)).to.equal(own);
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        const error = decodeRevert(thrown);
        expect(error).to.be.instanceOf(MillraceError);
        expect(Object.is(error.cause, thrown)).to.equal(true);
      }),
    );
  });
});

describe("the errors in the sources", () => {
  /** Each `new MillraceError({…})` and `failure(…)` of the SDK and the CLI, with where it stands. */
  async function raised(): Promise<{ at: string; text: string }[]> {
    const root = join(import.meta.dirname, "../..");
    const found: { at: string; text: string }[] = [];
    for await (const file of glob(["sdk/src/**/*.ts", "cli/src/**/*.ts"], { cwd: root })) {
      const source = await readFile(join(root, file), "utf8");
      for (const match of source.matchAll(/(?:new MillraceError|\bfailure)\(/g)) {
        let depth = 1;
        let end = match.index + match[0].length;
        for (; depth > 0 && end < source.length; end++)
          depth += "({[".includes(source.charAt(end)) ? 1 : ")}]".includes(source.charAt(end)) ? -1 : 0;
        const line = source.slice(0, match.index).split("\n").length;
        found.push({ at: `${file}:${line}`, text: source.slice(match.index, end) });
      }
    }
    return found;
  }

  it("each have a code in kebab-case, a sentence and a next step", async () => {
    const all = await raised();
    expect(all.length).to.be.greaterThan(100);
    const isMaker = (text: string) =>
      text.startsWith("failure(\n  code: string") || text.includes("{ code, shortMessage, ...more }");
    const wrong = all.filter(({ text }) => !isMaker(text) && !/nextStep/.test(text));
    expect(wrong.map(({ at }) => at)).to.deep.equal([]);
    for (const { at, text } of all)
      for (const [, code = ""] of text.matchAll(/(?:code: |failure\(\s*)"([^"]*)"/g))
        expect(code, at).to.match(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });
});

describe("kebabCase", () => {
  it("default", () => {
    expect(kebabCase("DealsDepositTooSmall")).to.equal("deals-deposit-too-small");
    expect(kebabCase("ERC20InsufficientBalance")).to.equal("erc20-insufficient-balance");
    expect(kebabCase("ERC2612ExpiredSignature")).to.equal("erc2612-expired-signature");
  });
});
