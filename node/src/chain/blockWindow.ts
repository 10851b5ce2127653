import type { Hex } from "viem";

/** A block as this node has seen it. */
export interface BlockRef {
  number: bigint;
  hash: Hex;
}

/** The newest blocks a follower has seen, oldest first; numbers rise, gaps are allowed. */
export type BlockWindow = readonly BlockRef[];

/**
 * Adds a block, forgetting whatever stood at its height or above, and the oldest beyond `size`.
 *
 * @returns the new window
 */
export function pushBlock(window: BlockWindow, block: BlockRef, size: number): BlockWindow {
  return [...truncate(window, block.number - 1n), { number: block.number, hash: block.hash }].slice(-size);
}

/** The window without the blocks above `number`. */
export function truncate(window: BlockWindow, number: bigint): BlockWindow {
  return window.filter((block) => block.number <= number);
}

/**
 * Finds the newest block of the window that is still part of the chain.
 *
 * @param hashAt the chain's present hash at a height, undefined if it has no such block
 * @returns undefined if none of the window is left
 */
export async function findCommonAncestor(
  window: BlockWindow,
  hashAt: (number: bigint) => Promise<Hex | undefined>,
): Promise<BlockRef | undefined> {
  for (const block of window.toReversed()) {
    if ((await hashAt(block.number)) === block.hash) return block;
  }
  return undefined;
}
