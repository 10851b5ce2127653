import { type Chain, connect, type ConnectParameters, MillraceError } from "@millrace/sdk";
import pRetry from "p-retry";
import type { Logger } from "pino";

const logEveryMs = 60_000;

/**
 * Connects to the chain, waiting for it as long as it takes: a provider's node comes up when its chain does. Says so
 * once a minute.
 *
 * @param onFailure told of each failure
 * @throws MillraceError `wrong-chain` or `contracts-missing`, which waiting does not mend; the signal's reason
 */
export async function connectPatiently(
  parameters: ConnectParameters,
  { log, signal, onFailure }: { log: Logger; signal: AbortSignal; onFailure: (reason: string) => void },
): Promise<Chain> {
  let loggedAt = -Infinity;
  return pRetry(() => connect(parameters), {
    retries: Infinity,
    minTimeout: 500,
    maxTimeout: 10_000,
    signal,
    shouldRetry: ({ error }) => error instanceof MillraceError && error.retryable,
    onFailedAttempt: ({ error }) => {
      if (!(error instanceof MillraceError) || !error.retryable) return;
      onFailure(error.shortMessage);
      if (performance.now() - loggedAt < logEveryMs) return;
      loggedAt = performance.now();
      log.warn({ reason: error.message, nextStep: error.nextStep }, "waiting for the chain");
    },
  });
}
