import { createChunkTree, toChunks } from "./merkle/chunk-tree.ts";
import { passiveDataRoot, scriptRoot } from "./merkle/data-tree.ts";
import { hashPairs, keccak256 } from "./merkle/keccak.ts";
import { depths, memoryDepth } from "./merkle/state-trees.ts";
import type { Program } from "./program.ts";
import { concatBytes } from "./sections.ts";

/** What the machine, its trees and the preparation are known by; a change of any of them is another version. */
export const MACHINE_VERSION = 1;

const PAGE_BYTES = 65_536;

/** A function commitment: 32 bytes as the contracts take them. */
export type Commitment = `0x${string}`;

/** What a commitment is made of beside the script, so that a runtime that was prepared once has that of every script. */
export interface CommitmentParts {
  /** What is hashed before the data space's root and after it. */
  before: Uint8Array;
  after: Uint8Array;
  /** The root of the half of the data space that holds the passive data. */
  passiveDataRoot: Uint8Array;
}

/**
 * What stands for a prepared module without the script that it runs.
 * @param module the instrumented module
 */
export function commitmentParts(program: Program, module: Uint8Array): CommitmentParts {
  const { code, data, slots, entryPc, frameBase, pages, maxPages } = program;
  return {
    before: concatBytes(numbers(MACHINE_VERSION), rootOf(depths.code, code)),
    passiveDataRoot: passiveDataRoot(data),
    after: concatBytes(
      rootOf(depths.slots, slots),
      rootOf(memoryDepth(maxPages), initialMemory(program)),
      numbers(entryPc, frameBase, pages, maxPages),
      keccak256(module),
    ),
  };
}

/** The hash that stands for a prepared function, for a runtime with its script (docs/machine.md, "Commitment"). */
export function commitmentOf(
  { before, passiveDataRoot: passive, after }: CommitmentParts,
  script: Uint8Array | undefined,
): Commitment {
  const dataRoot = hashPairs(concatBytes(passive, scriptRoot(script)));
  const hash = keccak256(concatBytes(before, dataRoot, after));
  return `0x${Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

function numbers(...values: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  values.forEach((value, index) => view.setUint32(index * 4, value));
  return new Uint8Array(view.buffer);
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
