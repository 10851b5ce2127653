import {
  dealsAbi,
  endWorker,
  evict,
  parametersAbi,
  payTip,
  releaseWorker,
  settleWorker,
  type Chain,
} from "@millrace/sdk";
import type { Logger } from "pino";
import { createAttempts, type Outcome } from "../attempts.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { readHeads } from "../store/heads.ts";
import type { Store } from "../store/store.ts";
import { challenge, readChallengeable, type Challengeable } from "./challenges.ts";
import { carryOut, readOpenProposals } from "./proposals.ts";
import { carryOutSlash, readDueSlashes } from "./slashes.ts";
import { readChores, readEndedDeals, type Chore } from "./reads.ts";

/**
 * Evicts, ends, releases and settles workers, pays tips and challenges matches; executes slashes that nobody vetoed; queues
 * and executes what the token holders decided.
 */
export interface Keeper {
  /** Looks for chores once per indexed block; transactions go on in the background. */
  step: () => Promise<void>;
  /** What keeps it from doing anything. */
  trouble: () => string | undefined;
  /** Resolves when no chore is under way. */
  idle: () => Promise<void>;
}

export interface KeeperParameters {
  readonly store: Store;
  /** Rejects while the RPC end can't be reached. */
  readonly chain: () => Promise<Chain>;
  /** Completed epochs after which a running worker is settled; 0: never. */
  readonly settleAfterEpochs: number;
  /** Looks for cheaper nodes for workers that others matched. */
  readonly challenges: boolean;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** What changes with an epoch only. */
interface EpochFacts {
  readonly epoch: number;
  readonly maxMissedEpochs: number;
  readonly endedDeals: readonly number[];
}

/** Creates the keeper. It has no rights of its own: all that it does is open to everyone. */
export function createKeeper(parameters: KeeperParameters): Keeper {
  const { store, chain: connected, settleAfterEpochs, challenges, metrics, log } = parameters;
  const attempts = createAttempts({ log });
  let lastBlock = -1;
  let facts: EpochFacts | undefined;
  /** Proposals that were defeated or expired; nothing comes of them. */
  const lost = new Set<number>();

  return {
    async step() {
      const { asOfBlock, epoch, timestamp } = await readHeads(store.prisma, store.deployment);
      if (asOfBlock === lastBlock) return;
      if (facts?.epoch !== epoch) facts = await readFacts(store, await connected(), epoch);
      const chores = await readChores(store, { ...facts, settleAfterEpochs });
      const open = challenges ? await readChallengeable(store, epoch) : [];
      const proposals = (await readOpenProposals(store, timestamp)).filter((id) => !lost.has(id));
      const slashes = await readDueSlashes(store, timestamp);
      lastBlock = asOfBlock; // only now: a step that failed before this is due again
      attempts.keep(
        new Set([
          ...chores.map(keyOf),
          ...open.map(challengeKey),
          ...proposals.map(proposalKey),
          ...slashes.map(slashKey),
        ]),
      );
      const { maxMissedEpochs } = facts;
      for (const chore of chores)
        attempts.start(keyOf(chore), asOfBlock, async () =>
          doChore({ chain: await connected(), chore, maxMissedEpochs, metrics, log }),
        );
      for (const worker of open)
        attempts.start(challengeKey(worker), asOfBlock, async () =>
          challenge({ chain: await connected(), store, worker, metrics, log }),
        );
      for (const id of proposals)
        attempts.start(proposalKey(id), asOfBlock, async () =>
          carryOut({ chain: await connected(), id, metrics, log, onLost: () => lost.add(id) }),
        );
      for (const id of slashes)
        attempts.start(slashKey(id), asOfBlock, async () =>
          carryOutSlash({ chain: await connected(), id, metrics, log }),
        );
    },
    trouble: attempts.trouble,
    idle: attempts.idle,
  };
}

async function readFacts(store: Store, chain: Chain, epoch: number): Promise<EpochFacts> {
  const { maxMissedEpochs } = await chain.publicClient.readContract({
    address: chain.deployment.contracts.parameters,
    abi: parametersAbi,
    functionName: "values",
  });
  return { epoch, maxMissedEpochs, endedDeals: await readEndedDeals(store, epoch) };
}

function keyOf({ kind, deal, node }: Chore): string {
  return `${kind} ${deal}-${node}`;
}

function challengeKey({ deal, node }: Challengeable): string {
  return `challenge ${deal}-${node}`;
}

function proposalKey(id: number): string {
  return `proposal ${id}`;
}

function slashKey(id: number): string {
  return `slash ${id}`;
}

interface DoChoreParameters {
  readonly chain: Chain;
  readonly chore: Chore;
  readonly maxMissedEpochs: number;
  readonly metrics: Metrics;
  readonly log: Logger;
}

async function doChore({ chain, chore, maxMissedEpochs, metrics, log }: DoChoreParameters): Promise<Outcome> {
  const { kind, node } = chore;
  const deal = BigInt(chore.deal);
  if (kind === "evict") {
    const missed = await chain.publicClient.readContract({
      address: chain.deployment.contracts.deals,
      abi: dealsAbi,
      functionName: "missedEpochs",
      args: [deal, node],
    });
    // Not every missed epoch counts: unfunded ones do not, nor those in which nobody attended.
    if (missed < maxMissedEpochs) return "waiting";
  }
  const { send, done } = actions[kind];
  const { receipt } = await send(chain, { deal, node });
  metrics.keeperActions.inc({ action: kind });
  log.info({ deal: chore.deal, node, txHash: receipt.transactionHash }, done);
  return "done";
}

const actions = {
  evict: { send: evict, done: "worker evicted" },
  endWorker: { send: endWorker, done: "resigned worker ended" },
  release: { send: releaseWorker, done: "worker released" },
  settle: { send: settleWorker, done: "worker settled" },
  payTip: { send: payTip, done: "tip paid" },
};
