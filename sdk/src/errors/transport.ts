import { BaseError, HttpRequestError, TimeoutError } from "viem";
import { MillraceError } from "./MillraceError.ts";

const gasMoney = /insufficient funds|doesn't have enough funds|insufficient sender balance/i;
const nonceTaken =
  /nonce (?:is )?too low|nonce has already been used|replacement transaction|already known|known transaction/i;
const unreachable =
  /fetch failed|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|UND_ERR|socket hang up/i;

/** True if the RPC end could not be reached or didn't answer in time, so nothing is known of the outcome. */
export function isUnreachable(error: unknown): boolean {
  return causes(error).some(
    (cause) =>
      cause instanceof TimeoutError ||
      (cause instanceof HttpRequestError && (cause.status === undefined || cause.status >= 502)) ||
      (cause instanceof Error && unreachable.test(`${cause.message} ${codeOf(cause)}`)),
  );
}

/** True if the RPC end refused a transaction because its nonce is used or taken by a better paid one. */
export function isNonceTaken(error: unknown): boolean {
  return causes(error).some((cause) => cause instanceof Error && nonceTaken.test(cause.message));
}

/** The words for an error that carries no revert data. */
export function explainTransport(error: unknown): MillraceError {
  const url = causes(error).find((cause) => cause instanceof HttpRequestError)?.url;
  if (isUnreachable(error)) {
    return new MillraceError({
      code: "rpc-unreachable",
      shortMessage: `The chain's RPC end${url === undefined ? "" : ` ${url}`} can't be reached.`,
      details: shortest(error),
      nextStep: "Check that the chain runs and that the RPC URL is right, then try again.",
      retryable: true,
      cause: error,
    });
  }
  if (causes(error).some((cause) => cause instanceof Error && gasMoney.test(cause.message))) {
    return new MillraceError({
      code: "gas-money-short",
      shortMessage: "The account can't pay the gas of this transaction.",
      details: shortest(error),
      nextStep:
        "Send some of the chain's own coin to the account; see what it holds: millrace wallet balance",
      cause: error,
    });
  }
  return new MillraceError({
    code: "unexpected",
    shortMessage: "Something failed that Millrace has no words for.",
    details: shortest(error),
    nextStep: "Try again; if it stays so, report it with what it says.",
    cause: error,
  });
}

/** An error and what caused it, outermost first. */
function causes(error: unknown): unknown[] {
  const found: unknown[] = [];
  for (let at = error; at !== undefined && at !== null && found.length < 12;) {
    found.push(at);
    at = typeof at === "object" && "cause" in at ? at.cause : undefined;
  }
  return found;
}

function shortest(error: unknown): string {
  if (error instanceof BaseError) return error.details === "" ? error.shortMessage : error.details;
  if (error instanceof Error) return error.message;
  // String() would call a toString that may not be one.
  return typeof error === "string" ? error : Object.prototype.toString.call(error);
}

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "";
}
