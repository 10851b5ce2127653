import { MillraceError } from "@millrace/sdk";
import type { Address } from "viem";

/** The call that failed. */
export interface FailedCall {
  readonly deal: bigint;
  /** Who signed it; undefined for a deal that is open to all. */
  readonly caller: Address | undefined;
  /** True if the caller gave a permission. */
  readonly permitted: boolean;
}

/** Gives a worker's refusal or a function's failure the command that helps here: a node speaks to every HTTP client. */
export function explainCall(error: MillraceError, { deal, caller, permitted }: FailedCall): MillraceError {
  const { code, details, requestId } = error;
  if (code.startsWith("permission-") && !permitted && caller !== undefined)
    return new MillraceError({
      ...{ code, details, requestId, cause: error },
      shortMessage: `Deal ${deal} answers its owner and callers with a permission, and ${caller} gave none.`,
      nextStep: `The deal's owner makes one: millrace deal permit ${deal} ${caller}\nThen call with --permission <text>.`,
    });
  if ((code === "function-failed" || code === "function-trapped") && requestId !== undefined)
    return new MillraceError({
      ...{ code, details, requestId, cause: error },
      shortMessage: error.shortMessage,
      nextStep: `The deal's owner sees why: millrace function logs ${deal} --request ${requestId}`,
    });
  return error;
}
