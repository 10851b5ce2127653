import { INPUT_LENGTH } from "../interpret/layout.ts";
import { sameBytes } from "../merkle/keccak.ts";
import { depths, stateHash } from "../merkle/state-trees.ts";
import type { FixedParts } from "../merkle/state-trees.ts";
import { accessedSpace, decodeWitness, invalidWitness, spaceDepth } from "./format.ts";
import { rootOf } from "./opening.ts";
import type { Opening } from "./opening.ts";
import { DATA, INPUT, MEMORY, OUTPUT } from "./step-state.ts";
import type { LeafOf } from "./step-state.ts";
import { executeStep } from "./step.ts";

export interface VerifyStepParameters {
  /** What the function's commitment and the call fix. */
  fixed: FixedParts;
  /** The hash of the state before the step. */
  stateHash: Uint8Array;
  witness: Uint8Array;
}

/** The most pages that a memory of WebAssembly can have. */
const MOST_PAGES = 2 ** 16;

/** An opening whose leaves a step may change: the root before and after it. */
interface OpenTree {
  before: Uint8Array;
  leafOf: LeafOf;
  after: () => Uint8Array;
}

/** `otherwise` is the root when no leaf is open. */
function openTree(depth: number, opening: Opening | undefined, otherwise: Uint8Array | undefined): OpenTree {
  if (opening === undefined) {
    const root = otherwise ?? new Uint8Array(0);
    return { before: root, leafOf: missing, after: () => root };
  }
  const leaves = opening.leaves.map((leaf) => leaf.slice());
  return {
    before: rootOf(depth, opening, opening.leaves),
    leafOf: (index) => leaves[opening.indices.indexOf(index)] ?? missing(),
    after: () => rootOf(depth, opening, leaves),
  };
}

function missing(): never {
  throw invalidWitness("the step needs a leaf that is not opened");
}

/**
 * Does one step with nothing but a witness, as a contract will.
 * @returns the hash of the state after the step
 * @throws MachineError `invalid-witness` if the witness is not one of a step from the state with this hash
 */
export function verifyStep({ fixed: given, stateHash: expected, witness }: VerifyStepParameters): Uint8Array {
  const fixed = {
    ...given,
    maxPages: Math.min(given.maxPages, MOST_PAGES),
    inLen: Math.min(given.inLen, INPUT_LENGTH),
  };
  const { registers, code, slots, access, roots } = decodeWitness(witness, fixed.maxPages);
  const space = accessedSpace({ registers, code });
  const inSpace = (index: number, root: Uint8Array | undefined): OpenTree =>
    openTree(spaceDepth(index, fixed.maxPages), index === space ? access : undefined, root);
  const codeTree = openTree(depths.code, code, fixed.codeRoot);
  const slotTree = openTree(depths.slots, slots, roots.slots);
  const memory = inSpace(MEMORY, roots.memory);
  const input = inSpace(INPUT, fixed.inputRoot);
  const output = inSpace(OUTPUT, roots.output);
  const data = inSpace(DATA, fixed.dataRoot);

  const before = { slots: slotTree.before, memory: memory.before, output: output.before };
  if (!sameBytes(stateHash(registers, before), expected)) throw invalidWitness("its state has another hash");
  const constant = [
    [codeTree.before, fixed.codeRoot],
    [input.before, fixed.inputRoot],
    [data.before, fixed.dataRoot],
  ] as const;
  if (!constant.every(([root, fixedRoot]) => sameBytes(root, fixedRoot)))
    throw invalidWitness("its code, input or data has another root");

  executeStep({
    registers,
    inLen: fixed.inLen,
    maxPages: fixed.maxPages,
    code: codeTree.leafOf,
    slots: slotTree.leafOf,
    spaces: [memory.leafOf, input.leafOf, output.leafOf, data.leafOf],
  });
  return stateHash(registers, { slots: slotTree.after(), memory: memory.after(), output: output.after() });
}
