import {
  dealsAbi,
  decodeRevert,
  findPaymentToken,
  type Chain,
  type MillraceError,
  type Terms,
} from "@millrace/sdk";
import type { OfferingNode, Place } from "./reads.ts";
import { varyPlaces, type Choosable } from "./vary.ts";

/** What to submit; none, and why, if the contract would refuse. */
export interface Choice {
  /** with the highest ask accepted for each, in smallest units per unit and epoch */
  readonly candidates: readonly Choosable[];
  readonly hindrance: MillraceError | undefined;
}

interface ChooseParameters {
  readonly chain: Chain;
  readonly deal: bigint;
  readonly terms: Terms;
  /** Workers that are missing. */
  readonly wanted: number;
  /** The cheapest first. */
  readonly nodes: readonly OfferingNode[];
  /** Where the deal's workers are already. */
  readonly taken: readonly Place[];
}

const nodesPerCall = 100;
/** The number of `Refusal.None`. */
const accepted = 0;

/**
 * The nodes that the contract would take now, the cheapest first, but for what {@link varyPlaces} makes of the tolerance
 * in the terms. Eligibility is asked in batches and the growing list is simulated as a match, so that limits that concern several nodes at once are the contract's to decide too.
 */
export async function chooseCandidates(parameters: ChooseParameters): Promise<Choice> {
  const { nodes, taken, wanted, terms } = parameters;
  let choice: Choice = { candidates: [], hindrance: undefined };
  for (let from = 0; from < nodes.length; from += nodesPerCall) {
    const eligible = await askEligible(parameters, nodes.slice(from, from + nodesPerCall));
    if (eligible.length === 0) continue;
    const grown = [...choice.candidates, ...eligible].sort(byAsk);
    const toleranceBps = terms.priceToleranceBps;
    choice = await tryMatch(parameters, varyPlaces(grown, { taken, wanted, toleranceBps }));
    if (choice.hindrance === undefined && choice.candidates.length >= wanted) break;
  }
  return choice.hindrance === undefined ? choice : { ...choice, candidates: [] };
}

/** The sort is stable: equal asks keep their order. */
function byAsk(a: Choosable, b: Choosable): number {
  return a.maxAsk < b.maxAsk ? -1 : a.maxAsk > b.maxAsk ? 1 : 0;
}

async function askEligible(
  { chain, deal, terms }: ChooseParameters,
  nodes: readonly OfferingNode[],
): Promise<Choosable[]> {
  const [refusals, asks] = await chain.publicClient.readContract({
    address: chain.deployment.contracts.deals,
    abi: dealsAbi,
    functionName: "eligibility",
    args: [deal, terms, nodes.map(({ node }) => node)],
  });
  return nodes.flatMap((node, index) => {
    const maxAsk = asks[index];
    return refusals[index] === accepted && maxAsk !== undefined ? [{ ...node, maxAsk }] : [];
  });
}

/** Simulates the match and keeps whom the contract took; all of them while there are too few for a match. */
async function tryMatch(parameters: ChooseParameters, candidates: readonly Choosable[]): Promise<Choice> {
  const outcome = await simulate(parameters, candidates);
  if (outcome.hindrance?.code !== "deals-balance-too-small") return outcome;
  // Fewer workers cost less: the longest head of the list that the balance covers.
  let best: Choice | undefined;
  let [low, high] = [1, Math.min(candidates.length, parameters.wanted) - 1];
  while (low <= high) {
    const middle = Math.floor((low + high) / 2);
    const shorter = await simulate(parameters, candidates.slice(0, middle));
    if (shorter.hindrance?.code === "deals-balance-too-small") high = middle - 1;
    else {
      if (shorter.hindrance === undefined) best = shorter;
      low = middle + 1;
    }
  }
  return best ?? outcome;
}

async function simulate(
  { chain, deal, terms }: ChooseParameters,
  candidates: readonly Choosable[],
): Promise<Choice> {
  try {
    const { result } = await chain.publicClient.simulateContract({
      address: chain.deployment.contracts.deals,
      abi: dealsAbi,
      functionName: "matchDeal",
      args: [deal, terms, candidates],
      ...(chain.account === undefined ? {} : { account: chain.account }),
    });
    return { candidates: candidates.filter((_, index) => result[index] === accepted), hindrance: undefined };
  } catch (cause) {
    const token = findPaymentToken(chain.deployment, terms.paymentToken);
    const hindrance = decodeRevert(cause, { deployment: chain.deployment, token });
    if (hindrance.code === "deals-nothing-matched") return { candidates: [], hindrance: undefined };
    // Any other refusal of the contract is the deal's; what isn't one is ours.
    if (hindrance.code.startsWith("deals-")) return { candidates, hindrance };
    throw hindrance;
  }
}
