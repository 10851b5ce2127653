import type { BlockHeader } from "../store/cursor.ts";
import type { AnyChainEvent } from "./events.ts";

export interface ChainBlock extends BlockHeader {
  /** bloom filter of the block's logs, where the source knows it */
  logsBloom?: `0x${string}` | undefined;
}

/** What the indexer asks of a chain. Every function may throw when the chain can't be reached or contradicts itself. */
export interface ChainSource {
  /** The newest block. */
  head(): Promise<ChainBlock>;
  /** The number of the block that the chain calls finalized. */
  finalized(): Promise<number>;
  /** The block of the canonical chain at a height; undefined above the head. */
  block(number: number): Promise<ChainBlock | undefined>;
  /** A block by hash, canonical or not; undefined if the chain has forgotten it. */
  blockByHash(hash: string): Promise<ChainBlock | undefined>;
  /** The canonical chain's events of a range, both ends included, in the order of the chain. */
  rangeEvents(from: number, to: number): Promise<AnyChainEvent[]>;
  /** The events of exactly this block. */
  blockEvents(block: ChainBlock): Promise<AnyChainEvent[]>;
}
