import "../seed.ts";
import { expect } from "chai";
import { hexlify as hex, keccak256 as reference } from "ethers";
import fc from "fast-check";
import { hashPairs, keccak256, zeroRoot } from "../../src/merkle/keccak.ts";

describe("keccak256", () => {
  it("default", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (message) => {
        expect(hex(keccak256(message))).to.equal(reference(message));
      }),
    );
  });

  it("behavior: pads a message around a block's length", () => {
    for (const length of [0, 1, 134, 135, 136, 137, 271, 272]) {
      const message = new Uint8Array(length).fill(0xa5);
      expect(hex(keccak256(message)), `${length} bytes`).to.equal(reference(message));
    }
  });
});

describe("hashPairs", () => {
  it("default", () => {
    const nodes = fc
      .integer({ min: 0, max: 2100 })
      .chain((pairs) => fc.uint8Array({ minLength: pairs * 64, maxLength: pairs * 64, size: "max" }));
    fc.assert(
      fc.property(nodes, (pairs) => {
        const hashed = hashPairs(pairs);
        expect(hashed.length).to.equal(pairs.length / 2);
        for (let at = 0; at < pairs.length; at += 64 * 97)
          expect(hex(hashed.subarray(at / 2, at / 2 + 32))).to.equal(reference(pairs.subarray(at, at + 64)));
      }),
      { numRuns: 5 },
    );
  });
});

describe("zeroRoot", () => {
  it("default", () => {
    let root = hex(new Uint8Array(32));
    for (let depth = 0; depth <= 32; depth++) {
      expect(hex(zeroRoot(depth))).to.equal(root);
      root = reference(root + root.slice(2));
    }
  });

  it("error: RangeError for a tree that nobody has", () => {
    expect(() => zeroRoot(33)).to.throw(RangeError);
  });
});
