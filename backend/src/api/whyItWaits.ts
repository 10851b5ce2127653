import {
  dealsAbi,
  findPaymentToken,
  parametersAbi,
  formatToken,
  nameAt,
  refusals,
  termsFromJson,
  type Chain,
  type DealItem,
  type RefusalName,
  type Terms,
} from "@millrace/sdk";
import type { DealDetails } from "../store/deals.ts";
import { listOffers, readUnits, type Units } from "../store/nodes.ts";
import type { Store } from "../store/store.ts";
import { presentTerms } from "../terms.ts";

/** Why a deal has fewer workers than it wants: nodes by refusal, and one sentence. */
export type WaitingFor = NonNullable<DealItem["waitingFor"]>;

/** More offers than this are not asked about in one request. */
const maxOffers = 1_000;
const nodesPerCall = 200;

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
  const [found, pausedUntil] = await Promise.all([
    refusalsOf(chain, { deal: details.row.id, terms, nodes }),
    entryPausedUntil(chain),
  ]);
  const counts = countRefusals(found);
  const missing = details.row.targetWorkers - details.row.workers;
  if (pausedUntil !== undefined) return { sentence: explainPause(missing, pausedUntil), refusals: counts };
  const short = nodes.filter((_, index) => found[index] === "unitsShort");
  const units = await readUnits(store, short);
  const sentence = explainWait({ counts, missing, terms, units, hindrance, chain });
  return { sentence, refusals: counts };
}

/** Unix seconds until which the guardian closed the entry; undefined while it is open. */
async function entryPausedUntil({ publicClient, deployment }: Chain): Promise<number | undefined> {
  const [until, { timestamp }] = await Promise.all([
    publicClient.readContract({
      address: deployment.contracts.parameters,
      abi: parametersAbi,
      functionName: "entryPausedUntil",
    }),
    publicClient.getBlock(),
  ]);
  return until > Number(timestamp) ? until : undefined;
}

function explainPause(missing: number, until: number): string {
  const time = new Date(until * 1_000).toISOString().replace(/\.\d+Z$/, "Z");
  return (
    `It wants ${missing} more ${plural(missing, "worker", "workers")}, but the guardian closed the entry until ${time}: ` +
    "nobody is matched before; wait, or withdraw the balance."
  );
}

async function refusalsOf(
  { publicClient, deployment }: Chain,
  { deal, terms, nodes }: { deal: number; terms: Terms; nodes: readonly number[] },
): Promise<RefusalName[]> {
  const batches = Array.from({ length: Math.ceil(nodes.length / nodesPerCall) }, (_, index) =>
    nodes.slice(index * nodesPerCall, (index + 1) * nodesPerCall),
  );
  const answers = await Promise.all(
    batches.map((batch) =>
      publicClient.readContract({
        address: deployment.contracts.deals,
        abi: dealsAbi,
        functionName: "eligibility",
        args: [BigInt(deal), terms, batch],
      }),
    ),
  );
  return answers.flatMap(([numbers]) => numbers.map((number) => nameAt(refusals, number)));
}

type RefusalCount = WaitingFor["refusals"][number];

/** Most frequent first. */
function countRefusals(found: readonly RefusalName[]): RefusalCount[] {
  return [...Map.groupBy(found, (refusal) => refusal)]
    .map(([refusal, same]) => ({ refusal, count: same.length }))
    .sort((a, b) => b.count - a.count || refusals.indexOf(a.refusal) - refusals.indexOf(b.refusal));
}

interface ExplainParameters {
  readonly counts: readonly RefusalCount[];
  /** Workers that it wants more. */
  readonly missing: number;
  readonly terms: Terms;
  /** Of the nodes that have too few free ones. */
  readonly units: Units;
  readonly hindrance: string | undefined;
  readonly chain: Pick<Chain, "deployment">;
}

/** One sentence: what hinders, and what to do. */
function explainWait({ counts, missing, terms, units, hindrance, chain }: ExplainParameters): string {
  const token = findPaymentToken(chain.deployment, terms.paymentToken);
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const free = counts.find(({ refusal }) => refusal === "none")?.count ?? 0;
  const refused = counts.filter(({ refusal }) => refusal !== "none");
  const [main] = refused;
  const wanted = `${missing} more ${plural(missing, "worker", "workers")}`;
  if (free >= missing || (main === undefined && free > 0)) {
    const able = `${free} of ${total} ${plural(total, "node", "nodes")} can take it`;
    return hindrance === undefined
      ? `${able}; the next match should assign ${wanted}.`
      : `${able}, but: ${hindrance}`;
  }
  if (main === undefined) {
    const name = token?.symbol ?? terms.paymentToken;
    return `No other node has an offer in ${name}; wait for providers or pay in another token.`;
  }
  const why = refused.map(({ refusal, count }, index) => {
    const subject = index === 0 ? `${count} of ${total} ${plural(total, "node", "nodes")}` : String(count);
    const words = phrase(refusal, count === 1, terms, (amount) => formatToken(amount, token));
    const inUse = refusal === "unitsShort" ? ` (${units.inUse} of ${units.total} in use)` : "";
    return `${subject} ${words}${inUse}`;
  });
  return `It wants ${wanted}: ${why.join(", ")}; ${advice[main.refusal]}.`;
}

/** What a refusal means: of one node, or of several; `amount` writes an amount of the deal's token. */
export function phrase(
  refusal: RefusalName,
  one: boolean,
  terms: Terms,
  amount: (value: bigint) => string,
): string {
  switch (refusal) {
    case "abovePriceLimit":
      return `${one ? "asks" : "ask"} more than your limit of ${amount(terms.priceLimit)}`;
    case "belowMinimumAsk":
      return `${one ? "asks" : "ask"} less than your minimum of ${amount(terms.minimumAsk)}`;
    case "unitsShort":
      return terms.unitsPerWorker === 1
        ? `${one ? "has" : "have"} no free unit`
        : `${one ? "has" : "have"} fewer than ${terms.unitsPerWorker} free units`;
    case "stakeShort":
      return `${one ? "has" : "have"} a provider with too little free stake`;
    case "constraintUnmet":
      return `${one ? "does" : "do"} not meet your constraints`;
    case "notListed":
      return `${one ? "is" : "are"} ruled out by your list of providers`;
    case "providerLimit":
      return `${one ? "belongs" : "belong"} to a provider with ${terms.maxWorkersPerProvider} of your workers already`;
    case "providerBarred":
      return `${one ? "belongs" : "belong"} to a provider that is barred from this deal`;
    case "notAttending":
      return `${one ? "has" : "have"} not been online in this epoch or the last`;
    case "offerOff":
      return `${one ? "takes" : "take"} no new work now`;
    case "nodeRetired":
    case "nodeUnknown":
      return one ? "is retired" : "are retired";
    case "alreadyWorking":
      return `${one ? "has" : "have"} work of this deal that is not released yet`;
    case "none":
    case "aboveListedAsk":
    case "targetReached":
      return `${one ? "is" : "are"} not taken (${refusal})`;
  }
}

const advice: Record<RefusalName, string> = {
  none: "wait for the next match",
  nodeUnknown: "wait for other providers",
  nodeRetired: "wait for other providers",
  offerOff: "wait until they offer again or others come",
  aboveListedAsk: "wait for the next match",
  abovePriceLimit: "create a deal with a higher limit or wait",
  belowMinimumAsk: "create a deal with a lower minimum or wait",
  unitsShort: "it is matched as soon as units are free",
  stakeShort: "wait until they stake more or others come",
  constraintUnmet: "create a deal with looser constraints or wait",
  notListed: "create a deal with another list or wait",
  providerLimit: "create a deal with a higher limit per provider or wait for other providers",
  providerBarred: "un-bar a provider or wait for others",
  alreadyWorking: "wait until it is",
  notAttending: "wait until they are back or others come",
  targetReached: "wait",
};

function plural(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}
