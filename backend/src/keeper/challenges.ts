import { challengeWorker, MillraceError, termsFromJson, type Chain, type Terms } from "@millrace/sdk";
import type { Logger } from "pino";
import type { Outcome } from "../attempts.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { TermsRow } from "../store/rows.ts";
import type { Store } from "../store/store.ts";
import { presentTerms } from "../terms.ts";

/** A worker with a tip that can still be challenged. */
export interface Challengeable {
  readonly deal: number;
  readonly node: number;
  /** who matched it */
  readonly matcher: string;
  /** smallest units per unit and epoch */
  readonly price: string;
}

/** Most nodes that are tried for one worker and block. */
const maxCandidates = 5;

/** Running workers with a tip whose challenge window is open. Without a tip nobody pays for the gas. */
export function readChallengeable(store: Store, epoch: number): Promise<Challengeable[]> {
  return store.database.query<Challengeable>(
    `SELECT worker.deal, worker.node, worker.tip_matcher AS matcher, worker.price_per_unit_epoch::text AS price
     FROM worker JOIN deal ON deal.id = worker.deal
     WHERE NOT worker.released AND worker.last_epoch IS NULL AND worker.tip > 0
       AND worker.challenge_end_epoch >= $1::int8 AND (deal.end_epoch IS NULL OR deal.end_epoch > $1::int8)
     ORDER BY worker.deal, worker.node`,
    [epoch],
  );
}

interface ChallengeParameters {
  readonly chain: Chain;
  readonly store: Store;
  readonly worker: Challengeable;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/**
 * Puts the cheapest node in a worker's place that the contract would accept. What this wallet matched itself is left
 * alone: it would gain nothing.
 */
export async function challenge({
  chain,
  store,
  worker,
  metrics,
  log,
}: ChallengeParameters): Promise<Outcome> {
  if (chain.account?.address === worker.matcher) return "waiting";
  const [row] = await store.database.query<{ terms: TermsRow }>(
    "SELECT terms FROM deal WHERE id = $1::int8",
    [worker.deal],
  );
  if (row === undefined) return "waiting";
  const terms = termsFromJson(presentTerms(row.terms));
  const place = { deal: BigInt(worker.deal), replaced: worker.node, terms };
  for (const candidate of await readCheaper(store, worker, terms)) {
    const sent = await challengeWorker(chain, { ...place, candidate }).catch(unlessRefused);
    if (sent === undefined) continue;
    metrics.keeperActions.inc({ action: "challenge" });
    log.info(
      {
        ...{ deal: worker.deal, node: worker.node, candidate, share: sent.share },
        txHash: sent.receipt.transactionHash,
      },
      "match challenged",
    );
    return "done";
  }
  return "waiting";
}

/** The contract says whether a node is eligible, before anything is sent; only what isn't its refusal is thrown. */
function unlessRefused(error: unknown): undefined {
  if (!(error instanceof MillraceError && error.code.startsWith("deals-"))) throw error;
}

/** Nodes that offer for less than the worker's price by more than the tolerance, the cheapest first. */
async function readCheaper(store: Store, { deal, price }: Challengeable, terms: Terms): Promise<number[]> {
  const rows = await store.database.query<{ node: number }>(
    `SELECT offer.node FROM offer JOIN node ON node.id = offer.node
     WHERE offer.token = $1 AND offer."on" AND NOT node.retired
       AND offer.ask_per_unit_epoch * $2::int8 < $3::numeric * 10000
       AND node.units - node.units_in_use >= $4::int8
       AND NOT EXISTS (SELECT 1 FROM worker WHERE worker.deal = $5::int8 AND worker.node = node.id AND NOT worker.released)
     ORDER BY offer.ask_per_unit_epoch, node.units_in_use, node.id
     LIMIT ${maxCandidates}`,
    [terms.paymentToken, 10_000 + terms.priceToleranceBps, price, terms.unitsPerWorker, deal],
  );
  return rows.map(({ node }) => node);
}
