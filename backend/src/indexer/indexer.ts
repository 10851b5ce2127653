import { setTimeout as sleep } from "node:timers/promises";
import { MillraceError } from "@millrace/sdk";
import { readCursor } from "../store/cursor.ts";
import { reorgBeyondFinality } from "./reorg.ts";
import { firstRangeSize, step, type StepContext, type StepResult } from "./step.ts";

/** What the indexer needs of a logger; pino's fits. */
interface IndexerLogger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

interface IndexerParameters extends StepContext {
  pollIntervalMs: number;
  logger: IndexerLogger;
  /** False: another process indexes; this one stands by. */
  leads: () => boolean;
  onReorg: () => void;
}

interface IndexerHealth {
  /** `halted` stays until a person acts; `degraded` is tried again all the time. */
  status: "ok" | "degraded" | "halted";
  /** Newest block of the chain, 0 before it was reached. */
  headBlock: number;
  /** Why it isn't `ok`. */
  reason?: string;
}

export interface Indexer {
  health(): IndexerHealth;
  /** Ends after the transaction that is under way. */
  stop(): Promise<void>;
}

const firstRetryMs = 250;
const lastRetryMs = 15_000;

/** Follows the chain until it is stopped or a reorg goes beyond finality. It never throws: see `health`. */
export function startIndexer(parameters: IndexerParameters): Indexer {
  const { logger, pollIntervalMs, leads, onReorg } = parameters;
  const abort = new AbortController();
  const size = { blocks: firstRangeSize };
  let health: IndexerHealth = { status: "degraded", headBlock: 0, reason: "Not started yet." };
  let failures = 0;

  const pause = (delayMs: number) =>
    sleep(delayMs, undefined, { signal: abort.signal }).catch(() => undefined);

  const fail = async (error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    const isHalted = error instanceof MillraceError && error.code === reorgBeyondFinality;
    health = { ...health, status: isHalted ? "halted" : "degraded", reason };
    failures += 1;
    if (isHalted) {
      logger.error({ err: error }, "indexing halted");
      abort.abort();
      return;
    }
    logger.warn({ err: error, failures }, "indexing failed, trying again");
    await pause(Math.min(lastRetryMs, firstRetryMs * 2 ** Math.min(failures, 10)));
  };

  const run = async () => {
    while (!abort.signal.aborted) {
      if (!leads()) {
        await pause(pollIntervalMs);
        continue;
      }
      try {
        const result = await step(parameters, size);
        health = { status: "ok", headBlock: result.head };
        failures = 0;
        log(logger, result);
        if (result.did === "reorg") onReorg();
        if (result.did === "nothing") await pause(pollIntervalMs);
      } catch (error) {
        await fail(error);
      }
    }
  };

  const done = run();
  return {
    health: () => health,
    stop: async () => {
      abort.abort();
      await done;
    },
  };
}

/**
 * Indexes until `toBlock` is in the tables, then returns; for rebuilding and for tests.
 * @throws MillraceError whatever a step throws
 */
export async function indexTo(context: StepContext & { toBlock: number }): Promise<void> {
  const size = { blocks: firstRangeSize };
  for (;;) {
    const { did } = await step(context, size);
    if (did !== "nothing") continue;
    const cursor = await readCursor(context.store);
    if (cursor !== undefined && cursor.number >= context.toBlock) return;
    await sleep(100);
  }
}

function log(logger: IndexerLogger, { did, head }: StepResult): void {
  if (did === "reorg") logger.warn({ head }, "followed a reorg");
  else if (did === "range") logger.info({ head }, "indexed a range");
}
