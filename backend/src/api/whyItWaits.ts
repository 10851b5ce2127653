import {
  countRefusals,
  describeWaiting,
  findPaymentToken,
  readEligibility,
  readEntryPause,
  readUnmet,
  termsFromJson,
  type Chain,
  type DealItem,
} from "@millrace/sdk";
import type { DealDetails } from "../store/deals.ts";
import { listOffers, readUnits } from "../store/nodes.ts";
import type { Store } from "../store/store.ts";
import { presentTerms } from "../terms.ts";

/** Why a deal has fewer workers than it wants: nodes by refusal, and one sentence. */
export type WaitingFor = NonNullable<DealItem["waitingFor"]>;

/** More offers than this are not asked about in one request. */
const maxOffers = 1_000;
/** One more than a sentence names, so that it can say that there are more. */
const fullNodes = 4;

/** True if the deal is open and has fewer workers than its target. */
export function isWaiting({ row, state }: DealDetails): boolean {
  return state.status !== "ended" && row.workers < row.targetWorkers;
}

interface WhyItWaitsParameters {
  readonly chain: Chain;
  readonly store: Store;
  readonly details: DealDetails;
  /** What the matcher found when it tried; it knows more than the nodes one by one. */
  readonly hindrance: string | undefined;
}

/** Asks the contract what a match would say of every node with an offer in the deal's token. */
export async function whyItWaits(parameters: WhyItWaitsParameters): Promise<WaitingFor> {
  const { chain, store, details, hindrance } = parameters;
  const terms = termsFromJson(presentTerms(details.row.terms));
  const offers = await listOffers(store, { token: terms.paymentToken, limit: maxOffers });
  // Its own workers hinder nobody.
  const own = new Set(details.workers.map((worker) => worker.node));
  const nodes = offers.items.map((offer) => offer.node).filter((node) => !own.has(node));
  const [found, entryPausedUntil] = await Promise.all([
    readEligibility(chain, { deal: BigInt(details.row.id), terms, nodes }),
    readEntryPause(chain),
  ]);
  const short = nodes.filter((node) => found.get(node) === "unitsShort");
  const unfit = nodes.filter((node) => found.get(node) === "constraintUnmet");
  const [units, unmet] = await Promise.all([
    readUnits(store, { nodes: short, limit: fullNodes }),
    readUnmet(chain, { terms, nodes: unfit.slice(0, fullNodes) }),
  ]);
  const missing = details.row.targetWorkers - details.row.workers;
  const token = findPaymentToken(store.deployment, terms.paymentToken);
  const reasons = { units, unmet, entryPausedUntil, hindrance };
  const sentence = describeWaiting({ missing, found, ...reasons, terms, token });
  return { sentence, refusals: countRefusals(found) };
}
