import { hashPairs, zeroRoot } from "../merkle/keccak.ts";

const LEAF = 32;

/** Leaves of one tree with the nodes beside their paths. */
export interface Opening {
  /** Ascending. */
  indices: readonly number[];
  leaves: readonly Uint8Array[];
  /** In the order of `siblingsOf`; undefined for roots of zeros. */
  siblings: readonly (Uint8Array | undefined)[];
}

/** A node of a tree, by its height above the leaves and its place. */
export interface Place {
  height: number;
  index: number;
}

/**
 * The nodes that the root needs beside the leaves at `indices` (ascending): from the leaves up, each level from left to
 * right. What follows from the leaves themselves is left out.
 */
export function siblingsOf(depth: number, indices: readonly number[]): Place[] {
  const siblings: Place[] = [];
  let level = indices;
  for (let height = 0; height < depth; height++) {
    const known = new Set(level);
    for (const index of level) {
      const sibling = index % 2 === 0 ? index + 1 : index - 1;
      if (!known.has(sibling)) siblings.push({ height, index: sibling });
    }
    level = [...new Set(level.map((index) => Math.floor(index / 2)))];
  }
  return siblings;
}

/** The root that follows from an opening, with `leaves` instead of its own. */
export function rootOf(
  depth: number,
  { indices, siblings }: Opening,
  leaves: readonly Uint8Array[],
): Uint8Array {
  const beside = siblings.values();
  let level = indices.map((index, at) => ({ index, node: leaves[at] ?? new Uint8Array(LEAF) }));
  for (let height = 0; height < depth; height++) {
    const parents: typeof level = [];
    for (let at = 0; at < level.length; at++) {
      const here = level[at];
      if (here === undefined) break;
      const next = level[at + 1];
      const right = here.index % 2 === 1;
      const paired = !right && next?.index === here.index + 1 ? next.node : undefined;
      if (paired !== undefined) at++;
      const other = paired ?? beside.next().value ?? zeroRoot(height);
      const pair = new Uint8Array(2 * LEAF);
      pair.set(here.node, right ? LEAF : 0);
      pair.set(other, right ? 0 : LEAF);
      parents.push({ index: Math.floor(here.index / 2), node: hashPairs(pair) });
    }
    level = parents;
  }
  return level[0]?.node ?? zeroRoot(depth);
}
