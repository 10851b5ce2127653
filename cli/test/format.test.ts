import { expect } from "chai";
import fc from "fast-check";
import type { Deployment } from "@millrace/sdk";
import { viewError, failure, UsageError } from "../src/errors.ts";
import {
  choosePaymentToken,
  endOfEpoch,
  formatDuration,
  formatFundedThrough,
  formatSize,
} from "../src/format.ts";
import { formatError, formatFields, formatTable, paintFor, toJson } from "../src/output.ts";

const plain = paintFor({ isTTY: false });
const token = { symbol: "tUSD", address: "0x5FbDB2315678afecb367f032d93F642f64180aa3", decimals: 6 } as const;
const deployment: Deployment = {
  network: "test",
  chainId: 31337,
  deploymentBlock: 1,
  genesis: 1_790_000_000,
  epochDuration: 10,
  contracts: {
    mill: token.address,
    parameters: token.address,
    registry: token.address,
    staking: token.address,
    deals: token.address,
    timelock: token.address,
    modules: token.address,
    governor: token.address,
    votingPower: token.address,
  },
  paymentTokens: [token],
};

describe("format", () => {
  it("formatDuration: says the two largest parts", () => {
    expect(formatDuration(0)).to.equal("0 s");
    expect(formatDuration(20)).to.equal("20 s");
    expect(formatDuration(1000)).to.equal("16 min 40 s");
    expect(formatDuration(86_400)).to.equal("1 day");
    expect(formatDuration(2 * 86_400 + 3_700)).to.equal("2 days 1 h");
    expect(formatDuration(-5)).to.equal("0 s");
  });

  it("formatFundedThrough: an epoch is paid to its very end", () => {
    const endMs = (deployment.genesis + 8 * 10) * 1000;
    expect(endOfEpoch(deployment, 7n)).to.equal(deployment.genesis + 80);
    expect(formatFundedThrough(deployment, 7n, endMs - 30_000)).to.match(
      /^the end of epoch 7, .*\(in 30 s\)$/,
    );
    expect(formatFundedThrough(deployment, 7n, endMs + 5_000)).to.include("(5 s ago)");
    expect(formatFundedThrough(deployment, 2n ** 40n)).to.include("for ever");
  });

  it("choosePaymentToken: by symbol in any case, by address, or the first", () => {
    expect(choosePaymentToken(deployment, undefined)).to.equal(token);
    expect(choosePaymentToken(deployment, "TUSD")).to.equal(token);
    expect(choosePaymentToken(deployment, token.address)).to.equal(token);
    expect(() => choosePaymentToken(deployment, "EUR")).to.throw("EUR is not listed on test");
  });

  it("formatSize", () => {
    expect([999, 1_000, 34_512, 1_234_567].map(formatSize)).to.deep.equal([
      "999 bytes",
      "1.0 kB",
      "34.5 kB",
      "1.2 MB",
    ]);
  });
});

describe("output", () => {
  it("toJson: always one parseable object, whatever a bigint or text holds", () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.string({ unit: "binary" }), (value, text) => {
        expect(JSON.parse(toJson({ value, text }))).to.deep.equal({ value: value.toString(), text });
      }),
    );
  });

  it("formatFields: values stand in one column, missing ones are left out", () => {
    const text = formatFields(
      [
        ["a", "1"],
        ["longer", "2\n3"],
        ["none", undefined],
      ],
      plain,
    );
    expect(text).to.equal("a       1\nlonger  2\n        3");
  });

  it("formatTable: columns are as wide as their widest cell, no blanks at line ends", () => {
    expect(
      formatTable(
        ["id", "x"],
        [
          ["1", "yy"],
          ["100", "z"],
        ],
        plain,
      ),
    ).to.equal("id   x\n1    yy\n100  z");
  });

  it("formatTable: in a window too narrow for it, each row is a block that fits", () => {
    const cid = "b".repeat(59);
    const rows = [["1", "this is a sentence that needs more than one line", cid]];
    const lines = formatTable(["node", "state", "cid"], rows, plain, 40).split("\n");
    expect(lines).to.deep.equal([
      "node   1",
      "state  this is a sentence that needs",
      "       more than one line",
      // Whole, so that it can be copied.
      `cid    ${cid}`,
    ]);
    expect(formatTable(["a"], [["1"]], plain, 40)).to.equal("a\n1");
  });

  it("paintFor: colours only on a terminal, and never with NO_COLOR", () => {
    expect(paintFor({ isTTY: true }, {}).red("x")).to.not.equal("x");
    expect(paintFor({ isTTY: true }, { NO_COLOR: "1" }).red("x")).to.equal("x");
    expect(paintFor({ isTTY: true }, { TERM: "dumb" }).red("x")).to.equal("x");
    expect(paintFor({}, {}).red("x")).to.equal("x");
  });
});

describe("errors", () => {
  it("viewError: what happened, why, what next", () => {
    const view = viewError(failure("some-code", "It broke.", { details: "Because.", nextStep: "Mend it." }));
    expect(view).to.deep.equal({
      code: "some-code",
      message: "It broke.",
      details: "Because.",
      nextStep: "Mend it.",
    });
    expect(formatError(view, plain)).to.equal("✗ It broke.\n  why: Because.\n  next: Mend it.");
  });

  it("viewError: an unexpected error says so and how to report it", () => {
    expect(viewError(new TypeError("x is not y"))).to.include({ code: "internal" });
    expect(viewError(new TypeError("x is not y")).message).to.include("x is not y");
    expect(viewError(new UsageError("no"))).to.include({ code: "usage", message: "no" });
  });
});
