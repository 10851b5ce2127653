import {
  dealsAbi,
  nameAt,
  read,
  refusals,
  registryAbi,
  type Chain,
  type RefusalName,
  type Terms,
} from "@millrace/sdk";

const nodesPerRead = 100;

/** How many nodes the contract would refuse for which reason; `none` counts those it would take. */
export type RefusalCounts = ReadonlyMap<RefusalName, number>;

/** What each reason means, as it follows "2 of 3 nodes". */
const words: Record<RefusalName, string> = {
  none: "would be taken by the next match",
  nodeUnknown: "are unknown",
  nodeRetired: "are retired",
  offerOff: "offer nothing for this token",
  aboveListedAsk: "raised their price",
  abovePriceLimit: "ask more than the limit",
  belowMinimumAsk: "ask less than the minimum",
  unitsShort: "have too few free units",
  stakeShort: "belong to providers with too little free stake",
  constraintUnmet: "do not meet region, memory or core constraints",
  notListed: "are not on the deal's list",
  providerLimit: "belong to providers that have their share of workers already",
  providerBarred: "belong to providers that are barred",
  alreadyWorking: "work for it already",
  notAttending: "did not attend lately",
  targetReached: "are not needed: the target is reached",
};

/** Asks the contract about every node of the network. */
export async function countRefusals(chain: Chain, deal: bigint, terms: Terms): Promise<RefusalCounts> {
  const { deals, registry } = chain.deployment.contracts;
  const counts = new Map<RefusalName, number>();
  const count = await read(chain, {
    address: registry,
    abi: registryAbi,
    functionName: "nodeCount",
    args: [],
  });
  for (let first = 1; first <= count; first += nodesPerRead) {
    const nodes = Array.from(
      { length: Math.min(nodesPerRead, count - first + 1) },
      (_, index) => first + index,
    );
    const [found] = await read(chain, {
      address: deals,
      abi: dealsAbi,
      functionName: "eligibility",
      args: [deal, terms, nodes],
    });
    for (const refusal of found) {
      const name = nameAt(refusals, refusal);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return counts;
}

/** Why a deal has fewer workers than it wants, in one sentence. */
export function describeWaiting(counts: RefusalCounts, missing: number): string {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const wanted = `It waits for ${missing} more ${missing === 1 ? "worker" : "workers"}`;
  if (total === 0) return `${wanted}: the network has no node yet.`;
  const parts = [...counts]
    .filter(([name]) => name !== "alreadyWorking")
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${count} ${words[name]}`);
  return parts.length === 0
    ? `${wanted}: all ${total} nodes work for it already.`
    : `${wanted}: of ${total} ${total === 1 ? "node" : "nodes"} ${parts.join(", ")}.`;
}
