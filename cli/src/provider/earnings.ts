import { dealsAbi, readDealView, readLogs, registryAbi, type Chain } from "@millrace/sdk";
import { encodeEventTopics, parseEventLogs, type Address, type Hash } from "viem";
import { readOwedWorkers } from "../chain/owedWorkers.ts";
import { idTopic, reading, wholeRange } from "../chain/reading.ts";
import { readNodeAddress } from "../node/state.ts";
import { readProviderNodes } from "./state.ts";

/** Receipts that are read for one node; what older attendances cost is taken from these. */
const mostReceipts = 2_000;
const receiptsAtOnce = 20;

/** What one worker brought, in smallest units of its deal's payment token. */
export interface WorkerIncome {
  readonly deal: bigint;
  readonly node: number;
  readonly paymentToken: Address;
  /** Paid out or credited to the payout address. */
  readonly claimed: bigint;
  /** Owed for completed epochs. */
  readonly claimable: bigint;
  /** False once the worker was released. */
  readonly isRunning: boolean;
}

/** What one node's attendance cost, in wei of the chain's coin. */
export interface NodeGas {
  readonly node: number;
  readonly attendances: number;
  readonly spentWei: bigint;
  /** True if older attendances were taken to have cost what the newest did. */
  readonly isEstimated: boolean;
  readonly operator: Address;
  /** What the operator key holds for gas. */
  readonly heldWei: bigint;
}

/** Income of every worker a provider ever had, from the chain alone. */
export async function readIncome(chain: Chain, provider: number): Promise<WorkerIncome[]> {
  const range = await wholeRange(chain);
  const address = chain.deployment.contracts.deals;
  const [assignedTopic] = encodeEventTopics({ abi: dealsAbi, eventName: "WorkerAssigned" });
  const [paidTopic] = encodeEventTopics({ abi: dealsAbi, eventName: "WorkerPaid" });
  const assignedTopics = [assignedTopic, null, null, idTopic(provider)];
  const assigned = parseEventLogs({
    abi: dealsAbi,
    eventName: "WorkerAssigned",
    logs: await readLogs(chain, { address, topics: assignedTopics, ...range }),
  });
  const pairs = new Map(
    assigned.map(({ args: { deal, node } }) => [`${deal}/${node}`, { deal, node }] as const),
  );
  if (pairs.size === 0) return [];
  const nodes = [...new Set([...pairs.values()].map(({ node }) => node))];
  const paid = parseEventLogs({
    abi: dealsAbi,
    eventName: "WorkerPaid",
    logs: await readLogs(chain, { address, topics: [paidTopic, null, nodes.map(idTopic)], ...range }),
  });
  const claimed = new Map<string, bigint>();
  for (const { args } of paid) {
    const key = `${args.deal}/${args.node}`;
    claimed.set(key, (claimed.get(key) ?? 0n) + args.pay);
  }
  const owed = new Map(
    (await readOwedWorkers(chain, { provider })).map((worker) => [`${worker.deal}/${worker.node}`, worker]),
  );
  return Promise.all(
    [...pairs].map(async ([key, { deal, node }]) => ({
      ...{ deal, node, claimed: claimed.get(key) ?? 0n, claimable: owed.get(key)?.pay ?? 0n },
      paymentToken: owed.get(key)?.paymentToken ?? (await readDealView(chain, deal)).deal.paymentToken,
      isRunning: owed.has(key),
    })),
  );
}

/** What attending cost each node of a provider, from the receipts of its transactions. */
export async function readGas(chain: Chain, provider: number): Promise<NodeGas[]> {
  const nodes = await readProviderNodes(chain, provider);
  return Promise.all(nodes.map(({ id }) => readNodeGas(chain, id)));
}

async function readNodeGas(chain: Chain, node: number): Promise<NodeGas> {
  const [topic] = encodeEventTopics({ abi: registryAbi, eventName: "NodeAttended" });
  const logs = await readLogs(chain, {
    address: chain.deployment.contracts.registry,
    topics: [topic, idTopic(node)],
    ...(await wholeRange(chain)),
  });
  const hashes = logs.map(({ transactionHash }) => transactionHash);
  const newest = hashes.slice(-mostReceipts);
  const measuredWei = await costOf(chain, newest);
  const isEstimated = newest.length < hashes.length;
  const spentWei = isEstimated ? (measuredWei * BigInt(hashes.length)) / BigInt(newest.length) : measuredWei;
  const { operator } = await readNodeAddress(chain, node);
  const heldWei = await reading(chain, () => chain.publicClient.getBalance({ address: operator }));
  return { node, attendances: hashes.length, spentWei, isEstimated, operator, heldWei };
}

async function costOf(chain: Chain, hashes: readonly Hash[]): Promise<bigint> {
  let wei = 0n;
  for (let from = 0; from < hashes.length; from += receiptsAtOnce) {
    const receipts = await Promise.all(
      hashes
        .slice(from, from + receiptsAtOnce)
        .map(async (hash) => reading(chain, () => chain.publicClient.getTransactionReceipt({ hash }))),
    );
    for (const { gasUsed, effectiveGasPrice } of receipts) wei += gasUsed * effectiveGasPrice;
  }
  return wei;
}
