import { MillraceError } from "@millrace/sdk";

/** One line of the doctor's report. */
export interface Finding {
  readonly name: string;
  readonly status: "ok" | "warn" | "fail";
  /** what was found */
  readonly message: string;
  /** what to do about it */
  readonly nextStep?: string;
}

/** Makes the lines of one check. */
export function findings(name: string) {
  const line =
    (status: Finding["status"]) =>
    (message: string, nextStep?: string): Finding => ({
      ...{ name, status, message },
      ...(nextStep === undefined ? {} : { nextStep }),
    });
  return {
    ok: line("ok"),
    warn: line("warn"),
    fail: line("fail"),
    /** A failure in the words of the error. */
    broken: (error: unknown, nextStep: string): Finding =>
      line("fail")(
        error instanceof Error && error.message !== "" ? error.message : String(error),
        error instanceof MillraceError && error.nextStep !== undefined ? error.nextStep : nextStep,
      ),
  };
}
