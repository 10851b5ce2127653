import { MachineError } from "@millrace/machine";
import { SandboxError } from "@millrace/sandbox";
import { MillraceError } from "@millrace/sdk";

/** The command line itself is wrong; ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** An error as it is shown and as it stands under `error` in `--json`. */
export interface ErrorView {
  readonly code: string;
  readonly message: string;
  readonly details?: string;
  readonly nextStep?: string;
  readonly requestId?: string;
  /** The feature of WebAssembly that a refused module uses. */
  readonly feature?: string;
  /** Where in a refused module, in bytes from its begin. */
  readonly offset?: number;
}

/** Makes an error that a person can act on. */
export function failure(
  code: string,
  shortMessage: string,
  more: { details?: string | undefined; nextStep?: string | undefined; cause?: unknown } = {},
): MillraceError {
  return new MillraceError({ code, shortMessage, ...more });
}

/** The code of {@link interrupted}. */
export const interruptedCode = "interrupted";

/** The person stopped the command. `next`: how to go on; undefined if nothing was begun. */
export function interrupted(next: string | undefined): MillraceError {
  return next === undefined
    ? failure(interruptedCode, "Interrupted before anything was sent: nothing changed.", {
        nextStep: "Run the command again when you want to.",
      })
    : failure(interruptedCode, "Interrupted.", { nextStep: next });
}

/** Brings whatever was thrown into the one shape. */
export function viewError(error: unknown): ErrorView {
  if (error instanceof MillraceError) {
    const { code, shortMessage, details, nextStep, requestId } = error;
    return present({ code, message: shortMessage, details, nextStep, requestId });
  }
  if (error instanceof MachineError) {
    const { code, message, offset, feature, nextStep } = error;
    const details = offset === undefined ? undefined : `At byte ${offset} of the module.`;
    return present({ code, message, details, nextStep, feature, offset });
  }
  if (error instanceof SandboxError)
    return present({ code: error.code, message: error.message, nextStep: error.nextStep });
  if (error instanceof UsageError)
    return present({
      code: "usage",
      message: error.message,
      nextStep: "Run the command with --help to see what it takes.",
    });
  const message = error instanceof Error ? error.message : String(error);
  return present({
    code: "internal",
    message: `Something went wrong that Millrace did not expect: ${message}`,
    details: process.env["MILLRACE_DEBUG"] && error instanceof Error ? error.stack : undefined,
    nextStep: "Run the same command with MILLRACE_DEBUG=1 and report what it prints.",
  });
}

/** Errors that leave open whether what was sent is done. */
const lostTouch = new Set(["rpc-unreachable", "transaction-pending"]);

/**
 * Where the chain went away, nobody knows whether what was begun is done: the next step names what shows it, too.
 * @param next the same as after Ctrl-C; undefined before anything was sent
 */
export function sayHowToGoOn(view: ErrorView, next: string | undefined): ErrorView {
  if (next === undefined || !lostTouch.has(view.code)) return view;
  return { ...view, nextStep: view.nextStep === undefined ? next : `${view.nextStep}\n${next}` };
}

/** An error's parts; what is undefined is left out. */
interface Parts {
  code: string;
  message: string;
  details?: string | undefined;
  nextStep?: string | undefined;
  requestId?: string | undefined;
  feature?: string | undefined;
  offset?: number | undefined;
}

function present({ code, message, details, nextStep, requestId, feature, offset }: Parts): ErrorView {
  return {
    code,
    message,
    ...(details === undefined ? {} : { details }),
    ...(nextStep === undefined ? {} : { nextStep }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(feature === undefined ? {} : { feature }),
    ...(offset === undefined ? {} : { offset }),
  };
}
