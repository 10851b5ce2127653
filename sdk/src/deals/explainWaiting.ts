import type { RefusalName } from "../api/schemas/names.ts";
import type { Chain } from "../chain/chain.ts";
import { findPaymentToken } from "../chain/deployment.ts";
import { read } from "../chain/read.ts";
import { readDeal } from "../chain/readDeal.ts";
import { readWorkers } from "../chain/readWorkers.ts";
import { registryAbi } from "../generated/registryAbi.ts";
import { readEntryPause } from "../governance/readEntryPause.ts";
import type { Terms } from "../terms.ts";
import { describeWaiting, type NodeUnits } from "./describeWaiting.ts";
import { readEligibility } from "./readEligibility.ts";
import { readUnmet } from "./readUnmet.ts";

/** One more than a sentence names, so that it can say that there are more. */
const fullNodes = 4;

/** Why a deal has fewer workers than it wants. */
export interface Waiting {
  /** workers that it wants more */
  readonly missing: number;
  /** one sentence for a person */
  readonly sentence: string;
  /** what the contract says now of each node that does not work for the deal; `none`: it would take it */
  readonly found: ReadonlyMap<number, RefusalName>;
}

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
  const [nodes, entryPausedUntil] = await Promise.all([otherNodes(chain, deal), readEntryPause(chain)]);
  const found = await readEligibility(chain, { deal, terms, nodes });
  const refusedFor = (refusal: RefusalName) =>
    nodes.filter((node) => found.get(node) === refusal).slice(0, fullNodes);
  const [units, unmet] = await Promise.all([
    readUnits(chain, refusedFor("unitsShort")),
    readUnmet(chain, { terms, nodes: refusedFor("constraintUnmet") }),
  ]);
  const token = findPaymentToken(chain.deployment, terms.paymentToken);
  const sentence = describeWaiting({ missing, found, units, unmet, entryPausedUntil, terms, token });
  return { missing, found, sentence };
}

/** Every node but the deal's own workers, which hinder nobody. */
async function otherNodes(chain: Chain, deal: bigint): Promise<number[]> {
  const [count, workers] = await Promise.all([
    read(chain, {
      ...{ address: chain.deployment.contracts.registry, abi: registryAbi },
      functionName: "nodeCount",
      args: [],
    }),
    readWorkers(chain, deal),
  ]);
  const own = new Set(workers.map(({ node }) => node));
  return Array.from({ length: count }, (_, index) => index + 1).filter((node) => !own.has(node));
}

async function readUnits(chain: Chain, nodes: readonly number[]): Promise<NodeUnits[]> {
  return Promise.all(
    nodes.map(async (node) => {
      const { units, unitsInUse } = await read(chain, {
        ...{ address: chain.deployment.contracts.registry, abi: registryAbi },
        functionName: "getNode",
        args: [node],
      });
      return { node, units, unitsInUse };
    }),
  );
}
