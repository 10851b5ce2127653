import { runs } from "../seed.ts";
import { expect } from "chai";
import fc from "fast-check";
import { createChunkTree, toChunks } from "../../src/merkle/chunk-tree.ts";
import { hashPairs, zeroRoot } from "../../src/merkle/keccak.ts";

const DEPTH = 11;
const SPACE = 32 * 2 ** DEPTH;

/** All the layers of the tree, hashed one after the other, from the leaves up. */
function layersOf(bytes: Uint8Array): Uint8Array[] {
  const leaves = new Uint8Array(SPACE);
  leaves.set(bytes);
  const layers: Uint8Array[] = [leaves];
  for (let layer: Uint8Array = leaves; layer.length > 32; layers.push(layer)) layer = hashPairs(layer);
  return layers;
}
/** Bytes of a space of which most are 0. */
const content = fc
  .tuple(
    fc.integer({ min: 0, max: SPACE }),
    fc.array(fc.tuple(fc.integer({ min: 0, max: SPACE - 1 }), fc.integer({ min: 0, max: 255 })), {
      maxLength: 12,
    }),
  )
  .map(([length, bytes]) => {
    const space = new Uint8Array(SPACE);
    for (const [at, byte] of bytes) space[at] = byte;
    return space.slice(0, length);
  });

describe("createChunkTree", () => {
  it("default", () => {
    expect(createChunkTree(DEPTH).root()).to.deep.equal(zeroRoot(DEPTH));
  });

  it("behavior: any sequence of updates gives the tree of the last one", () => {
    fc.assert(
      fc.property(fc.array(content, { minLength: 1, maxLength: 4 }), (contents) => {
        const tree = createChunkTree(DEPTH);
        for (const bytes of contents) tree.update(toChunks(bytes));
        expect(tree.root()).to.deep.equal(layersOf(contents.at(-1) ?? new Uint8Array(0)).at(-1));
      }),
      { numRuns: runs(40) },
    );
  });

  it("behavior: gives each node, and undefined for a root of zeros", () => {
    fc.assert(
      fc.property(
        content,
        fc.integer({ min: 0, max: DEPTH }),
        fc.integer({ min: 0, max: 2 ** DEPTH - 1 }),
        (bytes, height, leaf) => {
          const tree = createChunkTree(DEPTH);
          tree.update(toChunks(bytes));
          const index = leaf >>> height;
          const node = layersOf(bytes)[height]?.slice(index * 32, (index + 1) * 32);
          expect(tree.node(height, index) ?? zeroRoot(height)).to.deep.equal(node);
          if (node !== undefined && node.every((byte, at) => byte === zeroRoot(height)[at]))
            expect(tree.node(height, index)).to.equal(undefined);
        },
      ),
      { numRuns: runs(60) },
    );
  });
});
