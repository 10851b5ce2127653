import { dataChunks } from "./data-tree.ts";
import { createChunkTree, toChunks } from "./chunk-tree.ts";
import type { ChunkTree } from "./chunk-tree.ts";
import { keccak256 } from "./keccak.ts";
import type { Program } from "../program.ts";
import type { Chunks, Registers, Snapshot } from "../interpret/snapshot.ts";

/** What stands beside the state and never changes in a run. */
export interface FixedParts {
  codeRoot: Uint8Array;
  dataRoot: Uint8Array;
  inputRoot: Uint8Array;
  inLen: number;
  maxPages: number;
}

/** Roots of the spaces that change. */
export interface Roots {
  slots: Uint8Array;
  memory: Uint8Array;
  output: Uint8Array;
}

/** The trees of a program with its input at one state after the other. */
export interface StateTrees {
  fixed: FixedParts;
  code: ChunkTree;
  data: ChunkTree;
  input: ChunkTree;
  slots: ChunkTree;
  memory: ChunkTree;
  output: ChunkTree;
  /** Makes the trees those of this state and gives their roots; the fewer chunks differ from the last one, the faster. */
  show(snapshot: Snapshot): Roots;
  /** The hash of this state; the trees are its trees afterwards. */
  hash(snapshot: Snapshot): Uint8Array;
}

/** Depths of the trees: 2^depth leaves of 32 bytes (docs/machine.md). */
export const depths = { code: 19, slots: 15, input: 20, output: 20, data: 19 } as const;
/** The depth of the memory's tree. */
export const memoryDepth = (maxPages: number): number => 11 + Math.ceil(Math.log2(Math.max(1, maxPages)));

/** Makes the trees of a program and its input; they show no state yet. */
export function createStateTrees({ program, input }: { program: Program; input: Uint8Array }): StateTrees {
  const treeOf = (depth: number, chunks: Chunks): ChunkTree => {
    const tree = createChunkTree(depth);
    tree.update(chunks);
    return tree;
  };
  const trees = {
    code: treeOf(depths.code, toChunks(program.code)),
    data: treeOf(depths.data, dataChunks(program)),
    input: treeOf(depths.input, toChunks(input)),
    slots: createChunkTree(depths.slots),
    memory: createChunkTree(memoryDepth(program.maxPages)),
    output: createChunkTree(depths.output),
  };
  function show(snapshot: Snapshot): Roots {
    trees.slots.update(snapshot.slots);
    trees.memory.update(snapshot.memory);
    trees.output.update(snapshot.output);
    return { slots: trees.slots.root(), memory: trees.memory.root(), output: trees.output.root() };
  }
  return {
    ...trees,
    fixed: {
      codeRoot: trees.code.root(),
      dataRoot: trees.data.root(),
      inputRoot: trees.input.root(),
      inLen: input.length,
      maxPages: program.maxPages,
    },
    show,
    hash: (snapshot) => stateHash(snapshot.registers, show(snapshot)),
  };
}

/** keccak256(status ‖ exitCode ‖ pc ‖ fp ‖ pages ‖ fuel ‖ outLen ‖ slotRoot ‖ memRoot ‖ outRoot), numbers big-endian. */
export function stateHash(registers: Registers, roots: Roots): Uint8Array {
  return keccak256(
    Uint8Array.from([...encodeRegisters(registers), ...roots.slots, ...roots.memory, ...roots.output]),
  );
}

/** The numbers of a state as they are hashed: 29 bytes. */
export function encodeRegisters({ status, exitCode, pc, fp, pages, fuel, outLen }: Registers): Uint8Array {
  const view = new DataView(new ArrayBuffer(29));
  view.setUint8(0, status);
  view.setUint32(1, exitCode);
  view.setUint32(5, pc);
  view.setUint32(9, fp);
  view.setUint32(13, pages);
  view.setBigUint64(17, fuel);
  view.setUint32(25, outLen);
  return new Uint8Array(view.buffer);
}
