import { type Chain, dealsAbi, readLogs } from "@millrace/sdk";
import { encodeEventTopics, type Hex, hexToBigInt, numberToHex } from "viem";

/** Where a deal was met in the chain. */
export interface DealSighting {
  deal: bigint;
  blockNumber: bigint;
}

/** A span of blocks, both ends included. */
export interface BlockRange {
  fromBlock: bigint;
  toBlock: bigint;
}

/** Finds the deals that a node was ever assigned to in a span of blocks. */
export async function findAssignments(
  chain: Chain,
  nodeId: number,
  range: BlockRange,
): Promise<DealSighting[]> {
  const [workerAssigned] = encodeEventTopics({ abi: dealsAbi, eventName: "WorkerAssigned" });
  return findDeals(chain, [workerAssigned, null, topicOf(BigInt(nodeId))], range);
}

/**
 * Finds which of the given deals had any event in a span of blocks: a deposit, an ending, decided epochs, another
 * worker, another module.
 */
export async function findChanges(
  chain: Chain,
  deals: readonly bigint[],
  range: BlockRange,
): Promise<DealSighting[]> {
  return deals.length === 0 ? [] : findDeals(chain, [null, deals.map(topicOf)], range);
}

/** Every event of Deals and Modules that concerns a deal names it first. */
async function findDeals(
  chain: Chain,
  topics: (Hex | Hex[] | null)[],
  range: BlockRange,
): Promise<DealSighting[]> {
  const { deals, modules } = chain.deployment.contracts;
  const logs = await readLogs(chain, { address: [deals, modules], topics, ...range });
  return logs.flatMap(({ topics: [, deal], blockNumber }) =>
    deal === undefined ? [] : [{ deal: hexToBigInt(deal), blockNumber }],
  );
}

function topicOf(id: bigint): Hex {
  return numberToHex(id, { size: 32 });
}
