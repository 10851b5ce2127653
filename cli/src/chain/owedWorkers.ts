import {
  dealsAbi,
  readDealView,
  readLogs,
  readOwed,
  readWorker,
  type Chain,
  type DealView,
  type Owed,
  type StoredWorker,
} from "@millrace/sdk";
import { encodeEventTopics, parseEventLogs, type Address } from "viem";
import { idTopic, wholeRange } from "./reading.ts";
import { lastEpochOf, releasableAt } from "./release.ts";
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
  /** Last epoch it earns in, its own or its deal's; undefined while open. */
  readonly lastEpoch: number | undefined;
  /**
   * When its units and stake can be released, in unix seconds; undefined while neither it nor its deal has a last epoch. Later
   * than the end of that epoch if what it served can be disputed.
   */
  readonly releasableAt: number | undefined;
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
  const views = new Map<bigint, Promise<DealView>>();
  const viewOf = (deal: bigint): Promise<DealView> => {
    const known = views.get(deal) ?? readDealView(chain, deal);
    views.set(deal, known);
    return known;
  };
  const workers = await Promise.all(
    [...pairs.values()].map(async ({ deal, node }) => {
      const stored = await readWorker(chain, { deal, node });
      // Released: the contract has forgotten it.
      if (stored.firstEpoch === 0) return undefined;
      const [view, owed] = await Promise.all([
        viewOf(deal),
        // Anyone may release it between the two readings.
        unlessDone(released, readOwed(chain, { deal, node })),
      ]);
      if (owed === undefined) return undefined;
      const last = lastEpochOf(stored, view.deal);
      return toOwedWorker(
        {
          ...{ deal, node, paymentToken: view.deal.paymentToken, lastEpoch: last },
          releasableAt: last && releasableAt(chain.deployment, last, view.disputeWindow),
        },
        stored,
        owed,
      );
    }),
  );
  return workers.filter((worker) => worker !== undefined);
}

function toOwedWorker(
  of: Pick<OwedWorker, "deal" | "node" | "paymentToken" | "lastEpoch" | "releasableAt">,
  { provider, pricePerUnitEpoch, firstEpoch }: StoredWorker,
  { throughEpoch, pay, refund }: Owed,
): OwedWorker {
  return {
    ...of,
    ...{ provider, pricePerUnitEpoch, firstEpoch, throughEpoch, pay, refund },
  };
}
