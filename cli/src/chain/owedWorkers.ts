import {
  dealsAbi,
  readDealView,
  readLogs,
  readOwed,
  readWorker,
  type Chain,
  type Owed,
  type StoredWorker,
} from "@millrace/sdk";
import { encodeEventTopics, parseEventLogs, type Address } from "viem";
import { idTopic, wholeRange } from "./reading.ts";
import { unlessDone } from "./retake.ts";

/** A worker with what its completed epochs that are not settled come to, in the deal's payment token. */
export interface OwedWorker {
  readonly deal: bigint;
  readonly node: number;
  readonly provider: number;
  readonly paymentToken: Address;
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

const released = new Set(["deals-worker-unknown"]);

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
  const pairs = new Map(assigned.map(({ args: { deal, node } }) => [`${deal}/${node}`, { deal, node }]));
  const tokens = new Map<bigint, Promise<Address>>();
  const tokenOf = (deal: bigint): Promise<Address> => {
    const known = tokens.get(deal) ?? readDealView(chain, deal).then((view) => view.deal.paymentToken);
    tokens.set(deal, known);
    return known;
  };
  const workers = await Promise.all(
    [...pairs.values()].map(async ({ deal, node }) => {
      const stored = await readWorker(chain, { deal, node });
      // Released: the contract has forgotten it.
      if (stored.firstEpoch === 0) return undefined;
      const [paymentToken, owed] = await Promise.all([
        tokenOf(deal),
        // Anyone may release it between the two readings.
        unlessDone(released, readOwed(chain, { deal, node })),
      ]);
      return owed === undefined ? undefined : toOwedWorker({ deal, node, paymentToken }, stored, owed);
    }),
  );
  return workers.filter((worker) => worker !== undefined);
}

function toOwedWorker(
  of: { deal: bigint; node: number; paymentToken: Address },
  { provider, pricePerUnitEpoch, firstEpoch, lastEpoch }: StoredWorker,
  { throughEpoch, pay, refund }: Owed,
): OwedWorker {
  return {
    ...of,
    ...{ provider, pricePerUnitEpoch, firstEpoch, throughEpoch, pay, refund },
    lastEpoch: lastEpoch === 0 ? undefined : lastEpoch,
  };
}
