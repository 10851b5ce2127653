import { expect } from "chai";
import { encodeInput } from "../../src/call/encode-input.ts";
import { ERRNO, makeInput } from "./inputs.ts";
import { openShim } from "./open-shim.ts";

const PAGE = 2 ** 16;

describe("arguments and environment", () => {
  const args = ["prog", "", "é"];
  const env = ["A=1", `LONG=${"x".repeat(100)}`];
  const open = () => openShim({ input: makeInput({ args, env }) });

  for (const [name, list] of [
    ["args", args],
    ["environ", env],
  ] as const) {
    it(`${name}: sizes, texts with a zero byte each, and their addresses`, () => {
      const shim = open();
      const text = list.map((each) => `${each}\0`).join("");
      const bytes = new TextEncoder().encode(text);
      expect(shim.wasi(`${name}_sizes_get`, 8, 12)).to.equal(0);
      expect([shim.view().getUint32(8, true), shim.view().getUint32(12, true)]).to.deep.equal([
        list.length,
        bytes.length,
      ]);
      expect(shim.wasi(`${name}_get`, 16, 1001)).to.equal(0);
      expect(shim.bytes().slice(1001, 1001 + bytes.length)).to.deep.equal(bytes);
      let position = 1001;
      list.forEach((each, index) => {
        expect(shim.view().getUint32(16 + 4 * index, true)).to.equal(position);
        position += new TextEncoder().encode(each).length + 1;
      });
      expect(
        shim
          .bytes()
          .slice(1001 + bytes.length)
          .every((byte) => byte === 0),
      ).to.equal(true);
    });

    it(`${name}: fits exactly to the memory's end, and one byte more is a fault that writes nothing`, () => {
      const shim = open();
      const sizeBytes = new TextEncoder().encode(list.map((each) => `${each}\0`).join("")).length;
      expect(shim.wasi(`${name}_get`, 0, PAGE - sizeBytes)).to.equal(0);
      const untouched = open();
      expect(untouched.wasi(`${name}_get`, 0, PAGE - sizeBytes + 1)).to.equal(ERRNO.fault);
      expect(untouched.wasi(`${name}_get`, PAGE - 4 * list.length + 1, 0)).to.equal(ERRNO.fault);
      for (const bad of [-1, -4, PAGE - 3]) {
        expect(untouched.wasi(`${name}_sizes_get`, bad, 0)).to.equal(ERRNO.fault);
        expect(untouched.wasi(`${name}_sizes_get`, 0, bad)).to.equal(ERRNO.fault);
      }
      expect(untouched.bytes().every((byte) => byte === 0)).to.equal(true);
    });
  }

  it("nothing to list is no reason to look at the addresses", () => {
    const shim = openShim({ input: makeInput() });
    expect([shim.wasi("args_get", -1, -1), shim.wasi("environ_get", -1, -1)]).to.deep.equal([0, 0]);
  });

  it("an input that is not as long as it says stops the program", () => {
    const input = makeInput({ args, stdin: Uint8Array.of(1, 2, 3) });
    for (const wrong of [
      input.slice(0, -1),
      Uint8Array.of(...input, 0),
      input.slice(0, 63),
      new Uint8Array(0),
    ])
      expect(() => openShim({ input: wrong }).wasi("args_sizes_get", 0, 4)).to.throw(
        WebAssembly.RuntimeError,
        "unreachable",
      );
    expect(openShim({ input }).wasi("args_sizes_get", 0, 4)).to.equal(0);
  });

  it("a seed of another length is refused", () => {
    const call = { args, env, acceptedAtMs: 0, stdin: new Uint8Array(0), outputBytes: 1 };
    expect(() => encodeInput({ ...call, seed: new Uint8Array(31) })).to.throw(RangeError, "31");
  });
});
