import { createChunkTree, toChunks } from "./merkle/chunk-tree.ts";
import { keccak256 } from "./merkle/keccak.ts";
import { depths, memoryDepth } from "./merkle/state-trees.ts";
import type { Program } from "./program.ts";

/** What the machine, its trees and the preparation are known by; a change of any of them is another version. */
export const MACHINE_VERSION = 1;

const PAGE_BYTES = 65_536;

/** A function commitment: 32 bytes as the contracts take them. */
export type Commitment = `0x${string}`;

/**
 * The hash that stands for a prepared function (docs/machine.md, "Commitment").
 * @param module the instrumented module
 */
export function commitmentOf(program: Program, module: Uint8Array): Commitment {
  const { code, data, slots, entryPc, frameBase, pages, maxPages } = program;
  const numbers = (...values: number[]): Uint8Array => {
    const view = new DataView(new ArrayBuffer(values.length * 4));
    values.forEach((value, index) => view.setUint32(index * 4, value));
    return new Uint8Array(view.buffer);
  };
  const hash = keccak256(
    Uint8Array.from([
      ...numbers(MACHINE_VERSION),
      ...rootOf(depths.code, code),
      ...rootOf(depths.data, data),
      ...rootOf(depths.slots, slots),
      ...rootOf(memoryDepth(maxPages), initialMemory(program)),
      ...numbers(entryPc, frameBase, pages, maxPages),
      ...keccak256(module),
    ]),
  );
  return `0x${Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

function rootOf(depth: number, bytes: Uint8Array): Uint8Array {
  const tree = createChunkTree(depth);
  tree.update(toChunks(bytes));
  return tree.root();
}

/** The memory at the entry, up to its last byte that is given. */
function initialMemory({ segments, pages }: Program): Uint8Array {
  const end = segments.reduce((most, { offset, bytes }) => Math.max(most, offset + bytes.length), 0);
  const memory = new Uint8Array(Math.min(end, pages * PAGE_BYTES));
  for (const { offset, bytes } of segments) memory.set(bytes, offset);
  return memory;
}
