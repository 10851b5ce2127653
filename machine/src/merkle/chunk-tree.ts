import { hashPairs, rootOfLeaves, sameBytes, zeroRoot } from "./keccak.ts";
import { CHUNK } from "../interpret/layout.ts";
import type { Chunks } from "../interpret/snapshot.ts";

const LEAF = 32;
/** The depth of a chunk's own tree, which is not kept but hashed again when a proof needs it. */
const CHUNK_DEPTH = Math.log2(CHUNK / LEAF);

/** The Merkle tree of a space. It keeps the nodes above the chunks and hashes only what lies under chunks that changed. */
export interface ChunkTree {
  /** Makes it the tree of these chunks. Those that are the same objects as the last time are not looked at. */
  update(chunks: Chunks): void;
  root(): Uint8Array;
  /** A node by its height above the leaves and its place; undefined for the root of zeros. */
  node(height: number, index: number): Uint8Array | undefined;
}

/** Makes the tree of a space of zeros with 2^depth leaves. */
export function createChunkTree(depth: number): ChunkTree {
  let current: Chunks = [];
  /** Nodes by their height above the chunks; those that are not there are roots of zeros. */
  const levels = Array.from({ length: depth - CHUNK_DEPTH + 1 }, () => new Map<number, Uint8Array>());
  const level = (height: number): Map<number, Uint8Array> => levels[height] ?? new Map<number, Uint8Array>();

  function set(height: number, index: number, node: Uint8Array | undefined): void {
    if (node === undefined || sameBytes(node, zeroRoot(height + CHUNK_DEPTH))) level(height).delete(index);
    else level(height).set(index, node);
  }
  /** Hashes the parents of changed nodes, level by level, each level at once. */
  function rehash(changed: ReadonlySet<number>): void {
    let indices = changed;
    for (let height = 0; height < levels.length - 1; height++) {
      const parents = [...new Set([...indices].map((index) => index >>> 1))];
      const pairs = new Uint8Array(parents.length * 2 * LEAF);
      const zero = zeroRoot(height + CHUNK_DEPTH);
      parents.forEach((parent, at) => {
        pairs.set(level(height).get(parent * 2) ?? zero, at * 2 * LEAF);
        pairs.set(level(height).get(parent * 2 + 1) ?? zero, at * 2 * LEAF + LEAF);
      });
      const hashed = hashPairs(pairs);
      parents.forEach((parent, at) => set(height + 1, parent, hashed.slice(at * LEAF, (at + 1) * LEAF)));
      indices = new Set(parents);
    }
  }

  return {
    update(chunks) {
      const changed = new Set<number>();
      for (let index = 0; index < Math.max(chunks.length, current.length); index++) {
        const chunk = chunks[index];
        if (chunk === current[index]) continue;
        set(0, index, chunk === undefined ? undefined : rootOfLeaves(chunk));
        changed.add(index);
      }
      current = chunks;
      if (changed.size > 0) rehash(changed);
    },
    root: () => level(levels.length - 1).get(0) ?? zeroRoot(depth),
    node(height, index) {
      if (height >= CHUNK_DEPTH) return level(height - CHUNK_DEPTH).get(index);
      const start = index * LEAF * 2 ** height;
      const chunk = current[Math.floor(start / CHUNK)];
      if (chunk === undefined) return undefined;
      const within = start % CHUNK;
      const node = rootOfLeaves(chunk.subarray(within, within + LEAF * 2 ** height));
      return sameBytes(node, zeroRoot(height)) ? undefined : node;
    },
  };
}

/** A space's chunks from its bytes; the last one is filled up with zeros. */
export function toChunks(bytes: Uint8Array): Chunks {
  return Array.from({ length: Math.ceil(bytes.length / CHUNK) }, (_, index) => {
    const part = bytes.subarray(index * CHUNK, (index + 1) * CHUNK);
    if (part.every((byte) => byte === 0)) return undefined;
    const chunk = new Uint8Array(CHUNK);
    chunk.set(part);
    return chunk;
  });
}
