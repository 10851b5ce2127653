import { setTimeout as delay } from "node:timers/promises";
import { decodeRevert } from "@millrace/sdk";
import type { Logger } from "pino";
import type { ChainSnapshot, Follower } from "./follower.ts";

const slowestPollMs = 5_000;

/** Whether the chain can be read. */
export interface ChainHealth {
  state: "ok" | "unreachable";
  reason: string | undefined;
}

export interface WatchParameters {
  follower: Follower;
  pollIntervalMs: number;
  /** ends the watch */
  signal: AbortSignal;
  log: Logger;
  /** told of each new block */
  onBlock: (snapshot: ChainSnapshot) => void;
  /** told after each look, also when it failed or found nothing */
  onLook: (health: ChainHealth) => void;
}

/**
 * Looks at the chain again and again until the signal. An outage is logged once, and its end once; meanwhile it looks
 * less often, every five seconds at least.
 */
export async function watchChain({
  follower,
  pollIntervalMs,
  signal,
  log,
  ...told
}: WatchParameters): Promise<void> {
  let failures = 0;
  let unread: ChainSnapshot["unread"] = new Map();
  while (!signal.aborted) {
    try {
      const snapshot = await follower.poll();
      if (failures > 0) log.info({ failures }, "the chain can be read again");
      failures = 0;
      if (snapshot !== undefined) {
        if (snapshot.reorgDepth > 0) log.warn({ depth: snapshot.reorgDepth }, "the chain replaced blocks");
        for (const [deal, reason] of snapshot.unread) {
          if (!unread.has(deal))
            log.warn({ deal: deal.toString(), reason }, "a deal cannot be read; its last state stands");
        }
        unread = snapshot.unread;
        told.onBlock(snapshot);
      }
      told.onLook({ state: "ok", reason: undefined });
    } catch (error) {
      const { message, nextStep, code } = decodeRevert(error);
      if (failures === 0) {
        const unforeseen = code === "unexpected" ? { err: error } : {};
        log.warn(
          { reason: message, nextStep, ...unforeseen },
          "the chain cannot be read; serving what is known",
        );
      }
      failures += 1;
      told.onLook({ state: "unreachable", reason: message });
    }
    const waitMs = Math.min(
      pollIntervalMs * 2 ** Math.min(failures, 10),
      Math.max(slowestPollMs, pollIntervalMs),
    );
    await delay(waitMs, undefined, { signal }).catch(() => undefined);
  }
}
