import type { AnyChainEvent } from "../../src/chain/events.ts";
import type { ChainBlock, ChainSource } from "../../src/chain/source.ts";
import { act } from "./act.ts";
import { emptyMarketplace, type Action, type Marketplace } from "./marketplace.ts";

interface SimulatedBlock extends ChainBlock {
  events: AnyChainEvent[];
  after: Marketplace;
}

/** A chain that can be reorganised, behind the interface that the indexer sees. */
export interface SimulatedChain extends ChainSource {
  readonly height: number;
  /** Mines a block in which these actions happen. */
  mine(actions: Action[]): void;
  /** Drops the newest blocks. */
  drop(blocks: number): void;
  /** From now on the source shows a chain that ends so many blocks earlier, as a lagging RPC end does. */
  lag(blocks: number): void;
}

const secondsPerBlock = 7;
const genesis = 1_000_000;
const epochDuration = 10;

/** Makes a chain of block 0 alone. */
export function simulateChain(): SimulatedChain {
  const byHash = new Map<string, SimulatedBlock>();
  const blocks: SimulatedBlock[] = [];
  let mined = 0;
  let lag = 0;

  const add = (parent: SimulatedBlock | undefined, actions: Action[]) => {
    const number = (parent?.number ?? -1) + 1;
    const timestamp = genesis + number * secondsPerBlock;
    const blockHash = `0x${number.toString(16)}-${(mined++).toString(16)}`;
    const epoch = Math.floor((timestamp - genesis) / epochDuration);
    const events: AnyChainEvent[] = [];
    let state = parent?.after ?? emptyMarketplace;
    for (const action of actions) {
      const outcome = act(state, action, epoch);
      state = outcome.state;
      for (const emitted of outcome.events) {
        // Not every log of a block is ours.
        const logIndex = events.length * 2 + (mined % 2);
        const txHash = `${blockHash}-${logIndex}`;
        const place = { blockNumber: number, blockHash, timestamp, logIndex, txHash };
        events.push({ ...emitted, ...place } as AnyChainEvent);
      }
    }
    const parentHash = parent?.hash ?? "0x";
    const block = { number, hash: blockHash, parentHash, timestamp, events, after: state };
    blocks.push(block);
    byHash.set(blockHash, block);
  };
  add(undefined, []);
  const visible = () => blocks.slice(0, Math.max(1, blocks.length - lag));
  const newest = (list: SimulatedBlock[]): SimulatedBlock => {
    const last = list.at(-1);
    if (last === undefined) throw new Error("The chain has a block 0");
    return last;
  };

  return {
    get height() {
      return newest(blocks).number;
    },
    mine: (actions) => add(newest(blocks), actions),
    drop: (count) => {
      blocks.splice(Math.max(1, blocks.length - count));
    },
    lag: (count) => {
      lag = count;
    },
    head: () => Promise.resolve(newest(visible())),
    finalized: () => Promise.resolve(0),
    block: (number) => Promise.resolve(visible()[number]),
    blockByHash: (wanted) => Promise.resolve(byHash.get(wanted)),
    rangeEvents: (from, to) =>
      Promise.resolve(
        visible()
          .slice(from, to + 1)
          .flatMap((block) => block.events),
      ),
    blockEvents: (block) => Promise.resolve(byHash.get(block.hash)?.events ?? []),
  };
}
