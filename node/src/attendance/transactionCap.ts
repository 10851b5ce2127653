import { MillraceError } from "@millrace/sdk";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";

const hourSeconds = 3600;
/** For nodes that are restarted or see reorgs. */
const spare = 10;

/** Lets so many transactions an hour pass, so that no mistake empties the operator's account. */
export interface TransactionCap {
  /** Counts a transaction. @throws MillraceError `transaction-cap` */
  take(): Promise<void>;
  /** Gives one back that was not sent after all. */
  giveBack(): Promise<void>;
}

/** Transactions an hour that a node may send without a setting: two an epoch, and some to spare. */
export function defaultTransactionsPerHour(epochDurationSeconds: number): number {
  return Math.ceil(hourSeconds / epochDurationSeconds) * 2 + spare;
}

/** Makes the cap. */
export function createTransactionCap(mostPerHour: number): TransactionCap {
  const limiter = new RateLimiterMemory({ points: mostPerHour, duration: hourSeconds });
  return {
    take: async () => {
      try {
        await limiter.consume("operator");
      } catch (rejected) {
        if (!(rejected instanceof RateLimiterRes)) throw rejected;
        throw reached(mostPerHour, Math.ceil(rejected.msBeforeNext / 60_000));
      }
    },
    giveBack: async () => {
      await limiter.reward("operator", 1);
    },
  };
}

function reached(mostPerHour: number, minutes: number): MillraceError {
  return new MillraceError({
    code: "transaction-cap",
    shortMessage: `This node sent ${mostPerHour} transactions within an hour, the most it may; the next one can go in ${minutes} min.`,
    nextStep:
      "See in the log why so many were needed; raise maxTransactionsPerHour in node.json only if it is as it should be.",
  });
}
