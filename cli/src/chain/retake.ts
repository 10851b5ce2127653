import { MillraceError, type Chain } from "@millrace/sdk";
import pRetry from "p-retry";

const mostRetries = 4;

/**
 * Takes a step that others may take at the same moment, or that an epoch may overtake. `step` reads what there is to do
 * and does it; if it is refused with one of `codes`, something changed in between, and the step is taken anew.
 * @throws MillraceError the refusal, if it comes again and again
 */
export function retake<T>(chain: Chain, codes: ReadonlySet<string>, step: () => Promise<T>): Promise<T> {
  return pRetry(step, {
    retries: mostRetries,
    // An RPC end of several machines may not show everywhere at once what one of them refused for.
    minTimeout: chain.pollingIntervalMs,
    shouldRetry: ({ error }) => isRefusal(error, codes),
  });
}

/** What an action comes to; undefined if it is refused with one of `codes`, which say that somebody else was there first. */
export async function unlessDone<T>(codes: ReadonlySet<string>, action: Promise<T>): Promise<T | undefined> {
  try {
    return await action;
  } catch (error) {
    if (isRefusal(error, codes)) return undefined;
    throw error;
  }
}

function isRefusal(error: unknown, codes: ReadonlySet<string>): boolean {
  return error instanceof MillraceError && codes.has(error.code);
}
