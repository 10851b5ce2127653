import { expect } from "chai";
import { createTransactionCap, defaultTransactionsPerHour } from "../../src/attendance/transactionCap.ts";
import { expectError } from "../support/expectError.ts";

describe("createTransactionCap", () => {
  it("default: two an epoch and some to spare", () => {
    expect(defaultTransactionsPerHour(3600)).to.equal(12);
    expect(defaultTransactionsPerHour(5)).to.equal(1450);
  });

  it("behavior: one that was not sent does not count", async () => {
    const cap = createTransactionCap(1);
    await cap.take();
    await cap.giveBack();
    await cap.take();
    await expectError(cap.take(), "transaction-cap");
  });

  it("error: transaction-cap says the cap, and when the next one can go", async () => {
    const cap = createTransactionCap(2);
    await cap.take();
    await cap.take();
    const error = await expectError(cap.take(), "transaction-cap");
    expect(error.message).to.contain("2 transactions within an hour").and.contain("60 min");
    expect(error.retryable).to.equal(false);
  });
});
