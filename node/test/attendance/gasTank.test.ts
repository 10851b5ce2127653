import { expect } from "chai";
import { describeShortage } from "../../src/attendance/gasTank.ts";

describe("describeShortage", () => {
  it("default: says how much is missing", () => {
    expect(describeShortage("0xabc", 10n ** 15n, 4n * 10n ** 15n)).to.equal(
      "Out of gas money: the operator 0xabc holds 0.001 of the chain's coin, an attendance needs 0.004: 0.003 is missing.",
    );
  });
});
