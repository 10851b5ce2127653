import { expect } from "chai";
import fc from "fast-check";
import { epochAt, epochStart, formatAmount, formatToken, parseAmount } from "@millrace/sdk";
import { failureOf } from "./support/errors.ts";
import { deployment } from "./support/values.ts";

describe("parseAmount", () => {
  it("default", () => {
    expect(parseAmount("12.5", 6)).to.equal(12_500_000n);
    expect(parseAmount("0.000001", 6)).to.equal(1n);
    expect(parseAmount("7", 0)).to.equal(7n);
  });

  it("behavior: reads what formatAmount writes", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 96n }),
        fc.integer({ min: 0, max: 30 }),
        (value, decimals) => {
          expect(parseAmount(formatAmount(value, decimals), decimals)).to.equal(value);
        },
      ),
    );
  });

  it("error: amount-invalid", async () => {
    for (const text of ["", "-1", "1e3", "1.", ".5", "1,5", "0x10", "one", "1.0000001", "NaN"])
      expect((await failureOf(() => parseAmount(text, 6))).code, text).to.equal("amount-invalid");
  });
});

describe("formatToken", () => {
  it("default", () => {
    expect(formatToken(12_500_000n, { symbol: "tUSD", decimals: 6 })).to.equal("12.5 tUSD");
    expect(formatToken(12n, undefined)).to.equal("12 smallest units");
  });
});

describe("epochAt", () => {
  it("behavior: an epoch's first second is in it and the second before is not", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (epoch) => {
        expect(epochAt(deployment, epochStart(deployment, epoch))).to.equal(epoch);
        expect(epochAt(deployment, BigInt(epochStart(deployment, epoch) - 1))).to.equal(epoch - 1);
      }),
    );
  });
});
