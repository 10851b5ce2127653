import { type Chain, decodeRevert, epochAt, isUnreachable, type Terms } from "@millrace/sdk";
import { BlockNotFoundError, type Hex } from "viem";
import { type Assignment, readAssignment } from "./assignments.ts";
import { type BlockWindow, findCommonAncestor, pushBlock, truncate } from "./blockWindow.ts";
import { findAssignments, findChanges } from "./dealLogs.ts";
import { servingState } from "./servingState.ts";

/** How many blocks are remembered to find the common ancestor after a reorg, and how long an ended deal is watched. */
const windowBlocks = 128;
/**
 * How many blocks before the new ones are searched for assignments again: behind one address often answer several
 * endpoints, and one that lags gives no logs of blocks that it has not seen, without saying so.
 */
const searchedAgainBlocks = 16n;

/** A block of the chain, as far as followers care. */
interface Head {
  number: bigint;
  hash: Hex;
  parentHash: Hex;
  timestamp: bigint;
}

/** What one look at the chain found. */
export interface ChainSnapshot {
  head: Head;
  epoch: number;
  /** every deal this node is or lately was assigned to, by id */
  assignments: ReadonlyMap<bigint, Assignment>;
  /** blocks that were replaced since the last look, 0 mostly */
  reorgDepth: number;
  /** deals whose state could not be read at this block, with the reason */
  unread: ReadonlyMap<bigint, string>;
}

interface KnownDeal {
  discoveredAt: bigint;
  terms: Terms | undefined;
  /** block since which it is over for good */
  overSince: bigint | undefined;
}

/** Follows one node's assignments; logs discover deals, the contracts' views say what is true of them. */
export interface Follower {
  /**
   * Looks at the chain once.
   *
   * @returns undefined if there is no new block
   * @throws if the chain cannot be read; the next call starts from the same place
   */
  poll(): Promise<ChainSnapshot | undefined>;
}

/** Makes a follower that begins at the deployment's first block. */
export function createFollower({ chain, nodeId }: { chain: Chain; nodeId: number }): Follower {
  const { deployment } = chain;
  const first = BigInt(deployment.deploymentBlock);
  let window: BlockWindow = [];
  let epochSeen = -1;
  let known = new Map<bigint, KnownDeal>();
  let assignments = new Map<bigint, Assignment>();
  let unread: ReadonlyMap<bigint, string> = new Map();

  /** The newest block of the window that still stands; undefined if everything is to be read again. */
  async function lastGoodBlock(head: Head): Promise<bigint | undefined> {
    const last = window.at(-1);
    if (last === undefined || head.parentHash === last.hash) return last?.number;
    const ancestor = await findCommonAncestor(window, (number) =>
      number > head.number ? Promise.resolve(undefined) : blockHash(chain, number),
    );
    return ancestor?.number;
  }

  /**
   * Reads deals anew. One that cannot be read keeps its last state and is read again with the next block. What could not
   * be read before is forgotten only when all was looked at: an outage midway must not lose a deal until the next epoch.
   */
  async function refresh(deals: Iterable<bigint>, blockNumber: bigint): Promise<void> {
    const next = new Map([...assignments].filter(([deal]) => known.has(deal)));
    const failed = new Map<bigint, string>();
    await Promise.all(
      [...deals].map(async (deal) => {
        try {
          const terms = known.get(deal)?.terms;
          next.set(deal, await readAssignment(chain, { deal, nodeId, blockNumber, terms }));
        } catch (error) {
          if (isUnreachable(error)) throw error;
          const reason = decodeRevert(error);
          // Its assignment was seen, so an endpoint that lags behind answered, or blocks were replaced just now.
          if (reason.code === "deals-unknown") next.delete(deal);
          failed.set(deal, reason.message);
        }
      }),
    );
    assignments = next;
    unread = failed;
  }

  async function poll(): Promise<ChainSnapshot | undefined> {
    const head = await chain.publicClient.getBlock({ blockTag: "latest" });
    // A lower head that is known already comes from an endpoint that lags behind.
    if (window.some((block) => block.hash === head.hash)) return undefined;
    const good = await lastGoodBlock(head);
    const last = window.at(-1)?.number;
    const reorgDepth = last === undefined || good === last ? 0 : Number(last - (good ?? first - 1n));
    const from = (good ?? first - 1n) + 1n;

    const kept = new Map([...known].filter(([, { discoveredAt }]) => discoveredAt < from));
    if (reorgDepth > 0) for (const deal of kept.values()) deal.terms = undefined;
    const range = { fromBlock: from, toBlock: head.number };
    const again = from - searchedAgainBlocks;
    const sighted = await findAssignments(chain, nodeId, {
      ...range,
      fromBlock: again < first ? first : again,
    });
    const found = sighted.filter(({ deal, blockNumber }) => blockNumber >= from || !kept.has(deal));
    const changed = await findChanges(chain, [...kept.keys()], range);
    for (const { deal, blockNumber } of found) {
      const before = kept.get(deal);
      kept.set(deal, {
        discoveredAt: before?.discoveredAt ?? blockNumber,
        terms: before?.terms,
        overSince: undefined,
      });
    }

    const epoch = epochAt(deployment, head.timestamp);
    known = kept;
    const everything = epoch !== epochSeen || reorgDepth > 0;
    const touched = new Set([...[...found, ...changed].map(({ deal }) => deal), ...unread.keys()]);
    // Until the views are read the window stays as it was, so that a failure here is repaired by the next look.
    await refresh(everything ? [...known.keys()] : touched, head.number);
    forgetEnded(head.number, epoch);
    window = pushBlock(truncate(window, from - 1n), head, windowBlocks);
    epochSeen = epoch;
    return { head, epoch, assignments, reorgDepth, unread };
  }

  /** Deals that have been over for a whole window are no longer watched; a new assignment finds them again. */
  function forgetEnded(blockNumber: bigint, epoch: number): void {
    for (const [deal, entry] of known) {
      const assignment = assignments.get(deal);
      entry.terms = assignment?.terms;
      const state = assignment && servingState(assignment.worker, assignment.view, epoch);
      if (state !== undefined && (state.serves || !state.over)) {
        entry.overSince = undefined;
        continue;
      }
      entry.overSince ??= blockNumber;
      if (blockNumber - entry.overSince < BigInt(windowBlocks)) continue;
      known.delete(deal);
      assignments.delete(deal);
    }
  }

  return { poll };
}

async function blockHash({ publicClient }: Chain, blockNumber: bigint): Promise<Hex | undefined> {
  try {
    return (await publicClient.getBlock({ blockNumber })).hash;
  } catch (error) {
    if (error instanceof BlockNotFoundError) return undefined;
    throw error;
  }
}
