import { createCipheriv } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { runs } from "../seed.ts";
import { ERRNO, makeInput } from "./inputs.ts";
import { openShim } from "./open-shim.ts";

const PAGE = 2 ** 16;

/** The first bytes of the ChaCha20 key stream, from the host's library. */
const keyStream = (seed: Uint8Array, length: number): Uint8Array =>
  createCipheriv("chacha20", seed, new Uint8Array(16)).update(new Uint8Array(length));

describe("random_get", () => {
  it("gives the ChaCha20 key stream of the seed, however it is cut", () => {
    const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(seeds, fc.array(fc.nat(300), { maxLength: 20 }), fc.nat(9), (seed, lengths, start) => {
        const shim = openShim({ input: makeInput({ seed }) });
        let position = start;
        for (const length of lengths) {
          expect(shim.wasi("random_get", position, length)).to.equal(0);
          position += length;
        }
        const expected = Uint8Array.of(...new Uint8Array(start), ...keyStream(seed, position - start), 0);
        expect(Buffer.compare(shim.bytes().slice(0, position + 1), expected)).to.equal(0);
      }),
      { numRuns: runs(50) },
    );
  });

  it("fills a whole memory", () => {
    const seed = new Uint8Array(32).fill(9);
    const shim = openShim({ input: makeInput({ seed }), pages: 2 });
    expect(shim.wasi("random_get", 0, 2 * PAGE)).to.equal(0);
    expect(Buffer.compare(shim.bytes(), keyStream(seed, 2 * PAGE))).to.equal(0);
  });

  it("a range that is not all inside is a fault, writes nothing and uses no bytes", () => {
    const shim = openShim({ input: makeInput() });
    for (const [address, length] of [
      [PAGE, 1],
      [PAGE - 1, 2],
      [-1, 1],
      [0, PAGE + 1],
      [1, -1],
      [PAGE + 1, 0],
    ] as const)
      expect(shim.wasi("random_get", address, length)).to.equal(ERRNO.fault);
    expect(shim.bytes().every((byte) => byte === 0)).to.equal(true);
    expect(shim.wasi("random_get", PAGE, 0)).to.equal(0);
    expect(shim.wasi("random_get", PAGE - 64, 64)).to.equal(0);
    expect(Buffer.compare(shim.bytes().slice(PAGE - 64), keyStream(new Uint8Array(32), 64))).to.equal(0);
  });
});
