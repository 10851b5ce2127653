import { nameAt, refusals, type RefusalName } from "../api/schemas/names.ts";
import type { Chain } from "../chain/chain.ts";
import { read } from "../chain/read.ts";
import { readDeal } from "../chain/readDeal.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";
import { registryAbi } from "../generated/registryAbi.ts";
import type { Terms } from "../terms.ts";

const nodesPerRead = 100;
/** Nodes that a sentence names. */
const namedNodes = 3;

/** Why a deal has fewer workers than it wants. */
export interface Waiting {
  /** workers that it wants more */
  readonly missing: number;
  /** one sentence for a person */
  readonly sentence: string;
  /** the nodes that the contract would refuse now, by its reason; `none` has those it would take */
  readonly nodes: ReadonlyMap<RefusalName, readonly number[]>;
}

/** What each reason means of one node and of several. */
const words: Record<RefusalName, readonly [one: string, several: string]> = {
  none: ["would be taken by the next match", "would be taken by the next match"],
  nodeUnknown: ["is unknown", "are unknown"],
  nodeRetired: ["is retired", "are retired"],
  offerOff: ["offers nothing for this token", "offer nothing for this token"],
  aboveListedAsk: ["raised its price", "raised their price"],
  abovePriceLimit: ["asks more than the limit", "ask more than the limit"],
  belowMinimumAsk: ["asks less than the minimum", "ask less than the minimum"],
  unitsShort: ["has too few free units", "have too few free units"],
  stakeShort: [
    "belongs to a provider with too little free stake",
    "belong to providers with too little free stake",
  ],
  constraintUnmet: [
    "does not meet region, memory or core constraints",
    "do not meet region, memory or core constraints",
  ],
  notListed: ["is not on the deal's list", "are not on the deal's list"],
  providerLimit: [
    "belongs to a provider that has its share of workers already",
    "belong to providers that have their share of workers already",
  ],
  providerBarred: ["belongs to a barred provider", "belong to barred providers"],
  alreadyWorking: ["works for it already", "work for it already"],
  notAttending: ["did not attend lately", "did not attend lately"],
  targetReached: ["is not needed", "are not needed"],
};

/**
 * Asks the contract about every node why a deal has fewer workers than it wants.
 * @returns undefined if it has all of them, or has ended
 * @throws MillraceError `deals-unknown`, `rpc-unreachable`
 */
export async function explainWaiting(
  chain: Chain,
  deal: bigint,
  knownTerms?: Terms,
): Promise<Waiting | undefined> {
  const { terms, targetWorkers, workers, status, endEpoch } = await readDeal(chain, deal, knownTerms);
  const missing = targetWorkers - workers;
  if (missing <= 0 || status === "ended" || endEpoch !== undefined) return undefined;
  const nodes = await refusedNodes(chain, deal, terms);
  const unitsShort = await describeUnits(chain, nodes.get("unitsShort") ?? []);
  return { missing, nodes, sentence: describe(nodes, missing, unitsShort) };
}

async function refusedNodes(
  chain: Chain,
  deal: bigint,
  terms: Terms,
): Promise<ReadonlyMap<RefusalName, number[]>> {
  const { deals, registry } = chain.deployment.contracts;
  const found = new Map<RefusalName, number[]>();
  const count = await read(chain, {
    ...{ address: registry, abi: registryAbi },
    functionName: "nodeCount",
    args: [],
  });
  for (let first = 1; first <= count; first += nodesPerRead) {
    const length = Math.min(nodesPerRead, count - first + 1);
    const nodes = Array.from({ length }, (_, index) => first + index);
    const [answers] = await read(chain, {
      ...{ address: deals, abi: dealsAbi },
      functionName: "eligibility",
      args: [deal, terms, nodes],
    });
    answers.forEach((answer, index) => {
      const name = nameAt(refusals, answer);
      found.set(name, [...(found.get(name) ?? []), first + index]);
    });
  }
  return found;
}

/** "node 1 has 4 of 4 in use, node 2 has 7 of 8": what it is that has to become free. */
async function describeUnits(chain: Chain, nodes: readonly number[]): Promise<string> {
  const states = await Promise.all(
    nodes.slice(0, namedNodes).map(async (node) => {
      const { units, unitsInUse } = await read(chain, {
        ...{ address: chain.deployment.contracts.registry, abi: registryAbi },
        functionName: "getNode",
        args: [node],
      });
      return `node ${node} has ${unitsInUse} of ${units} in use`;
    }),
  );
  return [...states, ...(nodes.length > namedNodes ? ["…"] : [])].join(", ");
}

function describe(
  found: ReadonlyMap<RefusalName, readonly number[]>,
  missing: number,
  units: string,
): string {
  const total = [...found.values()].reduce((sum, { length }) => sum + length, 0);
  const wanted = `It waits for ${missing} more ${missing === 1 ? "worker" : "workers"}`;
  if (total === 0) return `${wanted}: the network has no node yet.`;
  const parts = [...found]
    .filter(([name]) => name !== "alreadyWorking")
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([name, { length }]) => {
      const sentence = `${length} ${words[name][length === 1 ? 0 : 1]}`;
      return name === "unitsShort" && units !== "" ? `${sentence} (${units})` : sentence;
    });
  if (parts.length === 0)
    return total === 1
      ? `${wanted}: the only node works for it already.`
      : `${wanted}: all ${total} nodes work for it already.`;
  return `${wanted}: of ${total} ${total === 1 ? "node" : "nodes"} ${parts.join(", ")}.`;
}
