import type { Snapshot } from "../interpret/snapshot.ts";
import type { ChunkTree } from "../merkle/chunk-tree.ts";
import { depths } from "../merkle/state-trees.ts";
import type { StateTrees } from "../merkle/state-trees.ts";
import { CODE_LENGTH } from "../interpret/layout.ts";
import { status } from "../status.ts";
import { accessedSpace, encodeWitness, spaceDepth } from "./format.ts";
import { siblingsOf } from "./opening.ts";
import type { Opening } from "./opening.ts";
import { MEMORY, OUTPUT } from "./step-state.ts";
import type { LeafOf } from "./step-state.ts";
import { executeStep } from "./step.ts";

const LEAF = 32;

/** A space whose leaves a step may read and write without changing it; it knows which ones were asked for. */
function tracked(tree: ChunkTree): { leafOf: LeafOf; touched: () => number[] } {
  const leaves = new Map<number, Uint8Array>();
  return {
    leafOf(index) {
      const leaf = leaves.get(index) ?? Uint8Array.from(tree.node(0, index) ?? new Uint8Array(LEAF));
      leaves.set(index, leaf);
      return leaf;
    },
    touched: () => [...leaves.keys()].sort((left, right) => left - right),
  };
}

function open(tree: ChunkTree, depth: number, indices: readonly number[]): Opening | undefined {
  if (indices.length === 0) return undefined;
  return {
    indices,
    leaves: indices.map((index) => tree.node(0, index) ?? new Uint8Array(LEAF)),
    siblings: siblingsOf(depth, indices).map(({ height, index }) => tree.node(height, index)),
  };
}

/** The witness of the step that follows a state: what `verifyStep` needs to do it with nothing but the state's hash. */
export function buildWitness(trees: StateTrees, snapshot: Snapshot): Uint8Array {
  const roots = trees.show(snapshot);
  const { registers } = snapshot;
  if (registers.status !== status.running) {
    return encodeWitness({ registers, code: undefined, slots: undefined, access: undefined, roots });
  }
  const { fixed } = trees;
  const slots = tracked(trees.slots);
  const spaceTrees = [trees.memory, trees.input, trees.output, trees.data];
  const spaces = spaceTrees.map(tracked);
  executeStep({
    registers: { ...registers },
    inLen: fixed.inLen,
    maxPages: fixed.maxPages,
    code: tracked(trees.code).leafOf,
    slots: slots.leafOf,
    spaces: spaces.map(({ leafOf }) => leafOf),
  });
  const code = registers.pc < CODE_LENGTH ? open(trees.code, depths.code, [registers.pc >>> 1]) : undefined;
  const space = accessedSpace({ registers, code });
  const accessTree = space === undefined ? undefined : spaceTrees[space];
  const access =
    space === undefined || accessTree === undefined
      ? undefined
      : open(accessTree, spaceDepth(space, fixed.maxPages), spaces[space]?.touched() ?? []);
  const opened = open(trees.slots, depths.slots, slots.touched());
  return encodeWitness({
    registers,
    code,
    slots: opened,
    access,
    roots: {
      ...(opened === undefined ? { slots: roots.slots } : {}),
      ...(access === undefined || space !== MEMORY ? { memory: roots.memory } : {}),
      ...(access === undefined || space !== OUTPUT ? { output: roots.output } : {}),
    },
  });
}
