import type { Chain } from "../../chain/chain.ts";
import { epochAt } from "../../chain/deployment.ts";
import { unknownDeal } from "../../chain/readTerms.ts";
import { decodeRevert } from "../../errors/decodeRevert.ts";
import type { DealEvent } from "./dealEvent.ts";
import { readDealEvents } from "./readDealEvents.ts";

/** An event with its time. */
export interface DatedDealEvent extends DealEvent {
  /** unix seconds of its block */
  at: number;
  epoch: number;
}

/**
 * What happened to a deal, oldest first, from the chain's logs alone.
 * @throws MillraceError `deals-unknown`, `rpc-unreachable`
 */
export async function readDealHistory(chain: Chain, deal: bigint): Promise<DealEvent[]> {
  const fromBlock = BigInt(chain.deployment.deploymentBlock);
  const toBlock = await newestBlock(chain);
  const context = { token: undefined, terms: undefined, decidedThrough: undefined };
  const events = await readDealEvents(chain, { deal, fromBlock, toBlock, context });
  if (events.length === 0) throw unknownDeal(deal);
  return events;
}

/**
 * Adds the times of events.
 * @throws MillraceError `rpc-unreachable`
 */
export async function dateEvents(chain: Chain, events: readonly DealEvent[]): Promise<DatedDealEvent[]> {
  const blocks = [...new Set(events.map(({ blockNumber }) => blockNumber))];
  const times = new Map(
    await Promise.all(blocks.map(async (block) => [block, await readTime(chain, block)] as const)),
  );
  return events.map((event) => {
    const at = times.get(event.blockNumber) ?? 0;
    return { ...event, at, epoch: epochAt(chain.deployment, at) };
  });
}

/**
 * The newest block's number.
 * @throws MillraceError `rpc-unreachable`
 */
export async function newestBlock(chain: Chain): Promise<bigint> {
  return chain.publicClient.getBlockNumber().catch((error: unknown) => {
    throw decodeRevert(error, { deployment: chain.deployment });
  });
}

async function readTime(chain: Chain, blockNumber: bigint): Promise<number> {
  try {
    const { timestamp } = await chain.publicClient.getBlock({ blockNumber, includeTransactions: false });
    return Number(timestamp);
  } catch (error) {
    throw decodeRevert(error, { deployment: chain.deployment });
  }
}
