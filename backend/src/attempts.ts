import { decodeRevert } from "@millrace/sdk";
import PQueue from "p-queue";
import type { Logger } from "pino";

/** How an attempt went: `done`, or nothing could be done yet and it is worth another look later. */
export type Outcome = "done" | "waiting";

/** Work on many keys side by side: one failing key, or a slow one, never holds up another. */
export interface Attempts {
  /** Starts `work` unless work on this key is under way or backing off. `block` is the clock of the backing off. */
  start: (key: string, block: number, work: () => Promise<Outcome>) => void;
  /** Forgets the backing off of every key that is not in `keys`. */
  keep: (keys: ReadonlySet<string>) => void;
  /** What stopped the last attempt that failed for a reason that concerns all; undefined once one succeeds. */
  trouble: () => string | undefined;
  /** Resolves when no work is under way. */
  idle: () => Promise<void>;
}

interface KeyState {
  busy: boolean;
  tries: number;
  retryAtBlock: number;
}

/** The index is behind the transaction's own block for a moment; no need to look at the same thing again at once. */
const settleBlocks = 2;
const maxWaitBlocks = 5;
const maxFailBlocks = 32;
const concurrency = 8;

/** Codes that say that nothing at all can be sent, whatever the key. */
const systemic = new Set([
  "rpc-unreachable",
  "gas-money-short",
  "no-account",
  "transaction-pending",
  "gas-cap-reached",
]);

/** Codes that say that somebody else, as anyone may, did it first: the index will show it. */
const overtaken = new Set([
  "deals-worker-ended",
  "deals-worker-unknown",
  "deals-nothing-owed",
  "deals-no-tip",
  "deals-nothing-matched",
  "deals-ended",
  "staking-slash-unknown",
  "governor-unexpected-proposal-state",
]);

export function createAttempts({ log }: { log: Logger }): Attempts {
  const queue = new PQueue({ concurrency });
  const states = new Map<string, KeyState>();
  let trouble: { key: string; message: string } | undefined;

  async function run(
    key: string,
    block: number,
    state: KeyState,
    work: () => Promise<Outcome>,
  ): Promise<void> {
    try {
      const outcome = await unlessOvertaken(key, work);
      trouble = undefined;
      state.tries = outcome === "done" ? 0 : state.tries + 1;
      state.retryAtBlock = block + (outcome === "done" ? settleBlocks : backOff(state.tries, maxWaitBlocks));
    } catch (cause) {
      const error = decodeRevert(cause);
      if (systemic.has(error.code)) trouble = { key, message: error.message };
      state.tries += 1;
      state.retryAtBlock = block + backOff(state.tries, maxFailBlocks);
      log.warn({ key, code: error.code, retryAtBlock: state.retryAtBlock }, error.message);
    } finally {
      state.busy = false;
    }
  }

  async function unlessOvertaken(key: string, work: () => Promise<Outcome>): Promise<Outcome> {
    try {
      return await work();
    } catch (cause) {
      const { code, message } = decodeRevert(cause);
      if (!overtaken.has(code)) throw cause;
      log.debug({ key, code }, message);
      return "waiting";
    }
  }

  return {
    start(key, block, work) {
      const state = states.get(key) ?? { busy: false, tries: 0, retryAtBlock: 0 };
      if (state.busy || block < state.retryAtBlock) return;
      state.busy = true;
      states.set(key, state);
      void queue.add(() => run(key, block, state, work));
    },
    keep(keys) {
      for (const [key, state] of states) if (!state.busy && !keys.has(key)) states.delete(key);
      // Nothing else would tell that the trouble is over.
      if (trouble !== undefined && !keys.has(trouble.key)) trouble = undefined;
    },
    trouble: () => trouble?.message,
    idle: () => queue.onIdle(),
  };
}

function backOff(tries: number, most: number): number {
  return Math.min(2 ** Math.min(tries - 1, 16), most);
}
