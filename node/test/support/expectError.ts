import { MillraceError } from "@millrace/sdk";
import { expect } from "chai";

/** Waits for a MillraceError with this code and returns it. */
export async function expectError(
  work: Promise<unknown> | (() => unknown),
  code: string,
): Promise<MillraceError> {
  try {
    await (typeof work === "function" ? work() : work);
  } catch (error) {
    expect(error).to.be.instanceOf(MillraceError);
    expect((error as MillraceError).code).to.equal(code);
    return error as MillraceError;
  }
  throw new Error(`expected an error ${code}`);
}
