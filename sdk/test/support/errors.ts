import { MillraceError } from "@millrace/sdk";

/** The MillraceError that an action fails with; anything else fails the test. */
export async function failureOf(action: () => unknown): Promise<MillraceError> {
  try {
    await action();
  } catch (error) {
    if (error instanceof MillraceError) return error;
    throw error;
  }
  throw new Error("It should have failed.");
}
