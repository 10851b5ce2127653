import { expect } from "chai";
import fc from "fast-check";
import { runs } from "../seed.ts";
import { assemble, section } from "../build-module.ts";
import { openShim } from "./open-shim.ts";

const PAGE = 2 ** 16;
const SEGMENT = Uint8Array.from({ length: 200 }, (_unused, index) => index * 3 + 1);

/** V8's own instructions, in a module of their own with one page: functions of three parameters over `memory`. */
function openPlain() {
  const localGet = [0, 1, 2].flatMap((local) => [0x20, local]);
  const body = (...code: number[]) => [code.length + 2, 0, ...code, 0x0b];
  const names = ["memory_copy", "memory_fill", "memory_init"];
  const wasm = assemble(
    section(1, [1, 0x60, 3, 0x7f, 0x7f, 0x7f, 0]),
    section(3, [3, 0, 0, 0]),
    section(5, [1, 0, 1]),
    section(7, [
      ...[4, 6, ...new TextEncoder().encode("memory"), 2, 0],
      ...names.flatMap((name, index) => [name.length, ...new TextEncoder().encode(name), 0, index]),
    ]),
    section(12, [1]),
    section(10, [
      3,
      ...body(...localGet, 0xfc, 10, 0, 0),
      ...body(...localGet, 0xfc, 11, 0),
      ...body(...localGet, 0xfc, 8, 0, 0),
    ]),
    section(11, [1, 1, (SEGMENT.length % 128) | 128, SEGMENT.length >> 7, ...SEGMENT]),
  );
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm), {});
  return {
    bytes: () => new Uint8Array((exports["memory"] as WebAssembly.Memory).buffer),
    call: (name: string, ...parameters: number[]) =>
      (exports[name] as (...p: number[]) => undefined)(...parameters),
  };
}

/** What a call does: nothing, or the message of its trap. */
function trapOf(call: () => unknown): string | undefined {
  try {
    call();
  } catch (error) {
    expect(error).to.be.instanceOf(WebAssembly.RuntimeError);
    return (error as Error).message;
  }
  return undefined;
}

describe("bulk instructions", () => {
  const edges = [
    0,
    1,
    7,
    8,
    31,
    32,
    33,
    63,
    200,
    201,
    PAGE - 33,
    PAGE - 1,
    PAGE,
    PAGE + 1,
    0x7fff_ffff,
    -PAGE,
    -1,
  ];
  const number = fc.oneof(
    fc.constantFrom(...edges),
    fc.nat(100),
    fc.nat(PAGE),
    fc.nat(300).map((less) => PAGE - less),
  );

  it("copy, fill and init do what V8's own instructions do, traps and overlaps included", () => {
    const pattern = Uint8Array.from({ length: PAGE }, (_unused, index) => (index * 2_654_435_761) >>> 24);
    const data = Uint8Array.of(...new Uint8Array(5).fill(0xaa), ...SEGMENT, ...new Uint8Array(5).fill(0xbb));
    const [plain, shim] = [openPlain(), openShim({ data })];
    const names = fc.constantFrom("memory_copy", "memory_copy", "memory_fill", "memory_init");
    fc.assert(
      fc.property(names, number, number, number, (name, a, b, c) => {
        plain.bytes().set(pattern);
        shim.bytes().set(pattern);
        const segment = name === "memory_init" ? [5, SEGMENT.length] : [];
        const expected = trapOf(() => plain.call(name, a, b, c));
        expect(trapOf(() => shim.bulk(name, a, b, c, ...segment))).to.equal(expected);
        expect(Buffer.compare(shim.bytes(), plain.bytes())).to.equal(0);
      }),
      { numRuns: runs(2_000) },
    );
  });

  it("copy: every length around the loops' turns, at every distance that overlaps", () => {
    const pattern = Uint8Array.from({ length: 256 }, (_unused, index) => index);
    const [plain, shim] = [openPlain(), openShim({})];
    for (let length = 0; length < 80; length += 1)
      for (let distance = -40; distance <= 40; distance += 1) {
        plain.bytes().set(pattern);
        shim.bytes().set(pattern);
        plain.call("memory_copy", 100 + distance, 100, length);
        shim.bulk("memory_copy", 100 + distance, 100, length);
        const same = Buffer.compare(shim.bytes().subarray(0, 256), plain.bytes().subarray(0, 256));
        expect(same, `${length} bytes at ${distance}`).to.equal(0);
      }
  });

  it("init: a segment that was dropped has no bytes", () => {
    const shim = openShim({ data: SEGMENT });
    expect(trapOf(() => shim.bulk("memory_init", 0, 0, 0, 0, 0))).to.equal(undefined);
    expect(trapOf(() => shim.bulk("memory_init", 0, 0, 1, 0, 0))).to.equal("memory access out of bounds");
  });

  it("grow: gives the pages there were, and −1 above the most", () => {
    const shim = openShim({ pages: 1, maxPages: 4 });
    expect([0, 2, 2, -1, 1, 1, 0].map((pages) => shim.bulk("memory_grow", pages))).to.deep.equal([
      1, 1, -1, -1, 3, -1, 4,
    ]);
    expect(shim.bytes()).to.have.length(4 * PAGE);
  });
});
