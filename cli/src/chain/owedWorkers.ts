import { dealsAbi, readLogs, readOwed, readTerms, readWorker, type Chain, type Terms } from "@millrace/sdk";
import { encodeEventTopics, parseEventLogs } from "viem";
import { idTopic, wholeRange } from "./reading.ts";

/** A worker with what its completed epochs that are not settled come to, in the deal's payment token. */
export interface OwedWorker {
  readonly deal: bigint;
  readonly node: number;
  readonly provider: number;
  readonly terms: Terms;
  /** Smallest units per unit and epoch. */
  readonly pricePerUnitEpoch: bigint;
  readonly firstEpoch: number;
  /** Last epoch it earns in; undefined while open. */
  readonly lastEpoch: number | undefined;
  readonly throughEpoch: number;
  /** For the provider. */
  readonly pay: bigint;
  /** For the deal's owner: epochs that were funded and missed. */
  readonly refund: bigint;
}

/** The workers of a provider or of a deal that are not released yet, from the chain alone. */
export async function readOwedWorkers(
  chain: Chain,
  of: { readonly provider: number } | { readonly deal: bigint },
): Promise<OwedWorker[]> {
  const [topic] = encodeEventTopics({ abi: dealsAbi, eventName: "WorkerAssigned" });
  const logs = await readLogs(chain, {
    address: chain.deployment.contracts.deals,
    topics: "deal" in of ? [topic, idTopic(of.deal)] : [topic, null, null, idTopic(of.provider)],
    ...(await wholeRange(chain)),
  });
  const assigned = parseEventLogs({ abi: dealsAbi, eventName: "WorkerAssigned", logs });
  // A node may have been assigned to the same deal more than once.
  const pairs = new Map(
    assigned.map(({ args: { deal, node } }) => [`${String(deal)}/${String(node)}`, { deal, node }]),
  );
  const terms = new Map<bigint, Promise<Terms>>();
  const workers = await Promise.all(
    [...pairs.values()].map(async ({ deal, node }) => {
      const known = terms.get(deal) ?? readTerms(chain, deal);
      terms.set(deal, known);
      return readOwedWorker(chain, { deal, node, terms: await known });
    }),
  );
  return workers.filter((worker) => worker !== undefined);
}

async function readOwedWorker(
  chain: Chain,
  { deal, node, terms }: { deal: bigint; node: number; terms: Terms },
): Promise<OwedWorker | undefined> {
  const worker = await readWorker(chain, { deal, node });
  // Released: the contract has forgotten it.
  if (worker.firstEpoch === 0) return undefined;
  const { throughEpoch, pay, refund } = await readOwed(chain, { deal, node, terms });
  const { provider, pricePerUnitEpoch, firstEpoch, lastEpoch } = worker;
  return {
    ...{ deal, node, provider, terms, pricePerUnitEpoch, firstEpoch, throughEpoch, pay, refund },
    lastEpoch: lastEpoch === 0 ? undefined : lastEpoch,
  };
}
