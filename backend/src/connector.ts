import { MillraceError, type Chain } from "@millrace/sdk";
import pRetry from "p-retry";
import type { Logger } from "pino";

/** The way to the chain for all parts of this process; the RPC end may come and go. */
export interface Connector {
  /** The chain, connected once for all. Rejects while the RPC end can't be reached. */
  chain: () => Promise<Chain>;
  /**
   * Tries until the chain is reached.
   * @throws {@link MillraceError} what no waiting cures: `wrong-chain`, `contracts-missing`, `private-key-invalid`
   */
  untilConnected: (signal: AbortSignal) => Promise<Chain>;
}

const incurable = new Set(["wrong-chain", "contracts-missing", "private-key-invalid"]);

/** @param connectNow connects, or throws; called again after a failure, never twice at a time */
export function createConnector(connectNow: () => Promise<Chain>, log: Logger): Connector {
  let current: Promise<Chain> | undefined;

  function chain(): Promise<Chain> {
    if (current !== undefined) return current;
    const attempt = connectNow();
    current = attempt;
    attempt.catch(() => {
      current = undefined;
    });
    return attempt;
  }

  return {
    chain,
    untilConnected: (signal) =>
      pRetry(chain, {
        signal,
        retries: Infinity,
        minTimeout: 250,
        maxTimeout: 5_000,
        shouldRetry: ({ error }) => !(error instanceof MillraceError && incurable.has(error.code)),
        onFailedAttempt: ({ error, attemptNumber }) => {
          if (attemptNumber === 1) log.warn({ attemptNumber }, `${error.message} Trying on.`);
        },
      }),
  };
}
