import { decodeRevert, MillraceError, type Chain } from "@millrace/sdk";
import type { ApiParameters } from "./types.ts";

/**
 * Asks the chain within the time that a request may take.
 * @throws {@link MillraceError} a decoded revert, or `rpc-unreachable`
 */
export async function askChain<T>(
  { chain, limits, store }: Pick<ApiParameters, "chain" | "limits" | "store">,
  ask: (chain: Chain) => Promise<T>,
): Promise<T> {
  try {
    return await within(
      limits.chainTimeoutMs,
      chain().then((connected) => ask(connected)),
    );
  } catch (error) {
    throw decodeRevert(error, { deployment: store.deployment });
  }
}

/** @throws {@link MillraceError} `rpc-unreachable` if `work` isn't done after `timeoutMs` */
async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(
      new MillraceError({
        code: "rpc-unreachable",
        shortMessage: `The chain did not answer within ${timeoutMs} ms.`,
        nextStep: "Try again; what is indexed can still be read.",
        retryable: true,
      }),
    );
  }, timeoutMs);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    // Nobody waits for the slow one any more, so its failure has no other reader.
    work.catch(() => undefined);
  }
}
