import type { SecretItem } from "@millrace/sdk";
import type { Logger } from "pino";
import type { PeerAnswer } from "./peers.ts";

/** How long a deal is not served while another worker says that there are secrets and withholds them. */
const withheldPatienceMs = 120_000;
/** How long a deal is not served because a present worker does not answer at all; it may just be starting. */
const silentPatienceMs = 5_000;
/** How soon workers are asked again: at first, and at most while not all have answered. */
const firstRetryMs = 1_000;
const slowestRetryMs = 300_000;
/** How often workers are asked that have all answered: this node may have missed what was set meanwhile. */
const refreshMs = 900_000;

/** Whether a deal's other workers were asked for its secrets, and what is missing. */
export interface DealAsking {
  /** Asks once more if it is time to. */
  tick(): void;
  /** why the deal waits for its secrets; undefined once it may be served */
  waitsFor(): string | undefined;
  /** what the provider should know while it is served; undefined mostly */
  problem(): string | undefined;
}

export interface DealAskingParameters {
  deal: bigint;
  log: Logger;
  /** why stored secrets could not be read, which means that there are some */
  unreadable: string | undefined;
  /** true if this node has any item of the deal, also a removal */
  hasItems: () => boolean;
  /** asks all other workers once */
  ask: () => Promise<PeerAnswer[]>;
  /** takes what one of them gave */
  take: (items: readonly SecretItem[]) => Promise<void>;
  nowMs?: () => number;
}

/**
 * Makes the asking for one deal. The deal is served as soon as its secrets are here or all others said that there are
 * none. It never waits for ever: with nobody left to answer it is served with what there is, which is told.
 */
export function createDealAsking(parameters: DealAskingParameters): DealAsking {
  const { deal, unreadable, hasItems, ask, take, nowMs = () => performance.now() } = parameters;
  const log = parameters.log.child({ deal: deal.toString() });
  const startedMs = nowMs();
  let waits: string | undefined = hasItems() ? undefined : "asking the other workers for the deal's secrets";
  let problem: string | undefined;
  let asking = false;
  let nextMs = startedMs;
  let tries = 0;

  /** What one round of answers means. */
  async function digest(answers: readonly PeerAnswer[]): Promise<void> {
    for (const answer of answers) {
      if (answer.kind !== "items") continue;
      await take(answer.items).catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        log.warn({ node: answer.node, reason }, "another worker's secrets were refused");
      });
    }
    const missing = answers.filter(({ kind }) => kind === "withheld" || kind === "silent");
    const words = missing.map((answer) => `node ${answer.node}: ${"reason" in answer ? answer.reason : ""}`);
    nextMs =
      nowMs() + (missing.length === 0 ? refreshMs : Math.min(firstRetryMs * 2 ** tries, slowestRetryMs));
    tries = missing.length === 0 ? 0 : tries + 1;
    decide(answers, words.join("; "));
  }

  function decide(answers: readonly PeerAnswer[], words: string): void {
    const elapsedMs = nowMs() - startedMs;
    const isWithheld = unreadable !== undefined || answers.some(({ kind }) => kind === "withheld");
    const isSilent = answers.some(({ kind, isPresent }) => kind === "silent" && isPresent);
    if (hasItems()) {
      settle(undefined);
    } else if (isWithheld && answers.length > 0 && elapsedMs < withheldPatienceMs) {
      waits = `waiting for the deal's secrets (${words || unreadable})`;
      tries = 0;
    } else if (isSilent && elapsedMs < silentPatienceMs) {
      waits = `asking the other workers for the deal's secrets (${words})`;
      tries = 0;
    } else if (unreadable !== undefined) {
      settle(
        `the stored secrets are lost (${unreadable}) and nobody has them; its owner must set them again`,
      );
    } else if (isWithheld) {
      settle(`there are secrets that this node did not get (${words}); its owner should set them again`);
    } else if (isSilent) {
      settle(`not all other workers were reached (${words}); secrets may be missing`);
    } else settle(undefined);
  }

  function settle(next: string | undefined): void {
    waits = undefined;
    if (next !== undefined && next !== problem)
      log.warn({ reason: next }, "a deal is served without its secrets");
    problem = next;
  }

  async function round(): Promise<void> {
    try {
      await digest(await ask());
    } catch (error) {
      nextMs = nowMs() + firstRetryMs;
      const reason = error instanceof Error ? error.message : String(error);
      if (nowMs() - startedMs >= silentPatienceMs)
        settle(`the chain did not name the other workers (${reason}); secrets may be missing`);
      else waits = `asking for the other workers: ${reason}`;
    } finally {
      asking = false;
    }
  }

  return {
    tick: () => {
      if (asking || nowMs() < nextMs) return;
      asking = true;
      void round();
    },
    waitsFor: () => (hasItems() ? undefined : waits),
    problem: () => (hasItems() ? undefined : problem),
  };
}
