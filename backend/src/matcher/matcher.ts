import { dealsAbi, dealStatuses, matchDeal, MillraceError, parametersAbi, type Chain } from "@millrace/sdk";
import type { Logger } from "pino";
import { createAttempts, type Outcome } from "../attempts.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { readHeads } from "../store/heads.ts";
import { keepHindrances, writeHindrance } from "../store/hindrances.ts";
import type { Store } from "../store/store.ts";
import { withoutSecrets } from "../withoutSecrets.ts";
import { chooseCandidates } from "./choose.ts";
import { readOfferingNodes, readPlaces, readWaitingDeals, type WaitingDeal } from "./reads.ts";

/** Assigns workers to deals. */
export interface Matcher {
  /** Looks at every waiting deal once per indexed block; transactions go on in the background. */
  step: () => Promise<void>;
  /** What keeps it from matching at all. */
  trouble: () => string | undefined;
  /** Resolves when no attempt is under way. */
  idle: () => Promise<void>;
}

export interface MatcherParameters {
  readonly store: Store;
  /** Rejects while the RPC end can't be reached. */
  readonly chain: () => Promise<Chain>;
  /** Blocks on top of a deal's creation before it is matched. */
  readonly matchDepth: number;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** More offers than this are not looked at for one deal and block. */
const maxNodes = 2_000;
/** The contract's status `Ended`; its number 0 is `None`. */
const endedStatus = dealStatuses.indexOf("ended") + 1;

/** Creates the matcher. It has no rights of its own: matching is open to everyone. */
export function createMatcher(parameters: MatcherParameters): Matcher {
  const { store, chain: connected, matchDepth, metrics, log } = parameters;
  const { database } = store;
  const attempts = createAttempts({ log });
  let lastBlock = -1;

  async function attempt(deal: WaitingDeal): Promise<Outcome> {
    try {
      const found = await matchOne({ store, chain: await connected(), deal, log });
      await writeHindrance(database, deal.id, found instanceof MillraceError ? found.message : undefined);
      metrics.matches.inc({ outcome: found instanceof MillraceError ? "hindered" : found });
      return found === "matched" ? "done" : "waiting";
    } catch (error) {
      metrics.matches.inc({ outcome: "failed" });
      if (error instanceof MillraceError && error.code !== "leadership-lost")
        await writeHindrance(database, deal.id, withoutSecrets(error.message));
      throw error;
    }
  }

  return {
    async step() {
      const { asOfBlock } = await readHeads(store.prisma, store.deployment);
      // Not only larger: after a reorg the index may stand lower.
      if (asOfBlock === lastBlock) return;
      const deals = await readWaitingDeals(store, { createdThroughBlock: asOfBlock - matchDepth });
      attempts.keep(new Set(deals.map(({ id }) => String(id))));
      await keepHindrances(
        database,
        deals.map(({ id }) => id),
      );
      lastBlock = asOfBlock; // only now: a step that failed before this is due again
      for (const deal of deals) attempts.start(String(deal.id), asOfBlock, () => attempt(deal));
    },
    trouble: attempts.trouble,
    idle: attempts.idle,
  };
}

interface MatchOneParameters {
  readonly store: Store;
  readonly chain: Chain;
  readonly deal: WaitingDeal;
  readonly log: Logger;
}

/** Matches one deal if that is possible now; otherwise says what hinders, if it isn't the nodes one by one (`waiting`). */
async function matchOne({
  store,
  chain,
  deal,
  log,
}: MatchOneParameters): Promise<MillraceError | "matched" | "waiting"> {
  const { deals, parameters } = chain.deployment.contracts;
  const { terms } = deal;
  const id = BigInt(deal.id);
  // The index may be behind: how many workers are missing is the contract's word.
  const [now, { stakePerUnit }] = await Promise.all([
    chain.publicClient.readContract({ address: deals, abi: dealsAbi, functionName: "getDeal", args: [id] }),
    chain.publicClient.readContract({ address: parameters, abi: parametersAbi, functionName: "values" }),
  ]);
  const wanted = now.deal.targetWorkers - now.deal.workers;
  if (now.status === endedStatus || wanted <= 0) return "waiting";
  const [nodes, taken] = await Promise.all([
    readOfferingNodes(store, {
      token: terms.paymentToken,
      unitsPerWorker: terms.unitsPerWorker,
      lock: stakePerUnit * BigInt(terms.unitsPerWorker),
      limit: maxNodes,
    }),
    readPlaces(store, deal.id),
  ]);
  const { candidates, hindrance } = await chooseCandidates({ chain, deal: id, terms, wanted, nodes, taken });
  if (candidates.length === 0) return hindrance ?? "waiting";
  const { assigned, receipt } = await matchDeal(chain, { deal: id, terms, candidates });
  log.info({ deal: deal.id, nodes: assigned, txHash: receipt.transactionHash }, "deal matched");
  return "matched";
}
