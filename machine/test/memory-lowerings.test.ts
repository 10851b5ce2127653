import { expect } from "chai";
import { expectAgreement } from "./paths/agree.ts";
import type { Call } from "./paths/agree.ts";
import { openPaths } from "./paths/open.ts";
import type { Paths } from "./paths/open.ts";
import { EDGES } from "./paths/operations.ts";

const PAGE = 65_536n;
const ACCESSES = [
  ...(["i32", "i64", "f32", "f64"] as const).map((type) => ({ type, size: "" })),
  ...["8", "16"].map((size) => ({ type: "i32" as const, size })),
  ...["8", "16", "32"].map((size) => ({ type: "i64" as const, size })),
];
const OFFSETS = [0n, 1n, 7n, PAGE - 4n, PAGE, 0x7fffffffn, 0xffffffffn];
const addresses = (offset: bigint): bigint[] =>
  [
    0n,
    1n,
    3n,
    ...[-9n, -8n, -7n, -4n, -3n, -2n, -1n, 0n, 1n].map((step) => PAGE - offset + step),
    0xffffffffn,
  ].filter((address) => address >= 0n && address < 2n ** 32n);

/** Where a copy or fill may begin, and how long it may be: inside, at the end, beyond it, of length 0. */
const STARTS = [0n, 1n, 5n, 16n, PAGE - 16n, PAGE - 1n, PAGE, PAGE + 1n, 0xffffffffn];
const LENGTHS = [0n, 1n, 3n, 8n, 15n, 16n, 17n, 100n, PAGE, PAGE + 1n, 0xffffffffn];
const triples = (a: bigint[], b: bigint[], c: bigint[], name: string): Call[] =>
  a.flatMap((x) => b.flatMap((y) => c.map((z): Call => [name, x, y, z])));

describe("instructions on memory and tables do what V8's own do, natively and in the interpreter", function () {
  this.timeout(600_000);
  let paths: Paths;
  before(async () => (paths = await openPaths()));

  for (const { type, size } of ACCESSES) {
    it(`${type}.load${size} and ${type}.store${size} up to the last byte`, () => {
      const signs = size === "" ? [""] : ["_s", "_u"];
      const text = `(module (memory (export "memory") 1 1)
        (data (i32.const 0) "\\00\\01\\02\\83\\84\\85\\86\\87\\ff\\fe")
        (data (i32.const 65520) "\\80\\81\\82\\83\\84\\85\\86\\87\\88\\89\\8a\\8b\\8c\\8d\\8e\\8f")
        ${OFFSETS.map(
          (offset) => `${signs
            .map(
              (sign) =>
                `(func (export "load${sign}${offset}") (param i32) (result ${type}) local.get 0 ${type}.load${size}${sign} offset=${offset})`,
            )
            .join("\n")}
          (func (export "store${offset}") (param i32 ${type}) local.get 0 local.get 1 ${type}.store${size} offset=${offset})`,
        ).join("\n")})`;
      const calls = OFFSETS.flatMap((offset) =>
        addresses(offset).flatMap((address, index): Call[] => [
          ...signs.map((sign): Call => [`load${sign}${offset}`, address]),
          [`store${offset}`, address, EDGES[type][index % EDGES[type].length] ?? 0n],
          ...signs.map((sign): Call => [`load${sign}${offset}`, address]),
        ]),
      );
      expect(new Set(expectAgreement(paths, text, calls))).to.deep.equal(new Set([1, 3]));
    });
  }

  it("memory.fill, memory.copy, memory.init, data.drop", () => {
    const text = `(module (memory (export "memory") 1 1) (data $d "0123456789abcdef") (data (i32.const 100) "hello, world")
      (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
      (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
      (func (export "init") (param i32 i32 i32) (memory.init $d (local.get 0) (local.get 1) (local.get 2)))
      (func (export "initActive") (param i32 i32 i32) (memory.init 1 (local.get 0) (local.get 1) (local.get 2)))
      (func (export "drop") (data.drop $d) (data.drop 1)))`;
    const inits = triples([3n, ...STARTS], [0n, 1n, 8n, 15n, 16n, 17n, 0xffffffffn], LENGTHS, "init");
    const calls: Call[] = [
      ...triples(STARTS, [0n, 255n, 256n + 7n], LENGTHS, "fill"),
      ...inits,
      ...triples(STARTS, STARTS, LENGTHS, "copy"),
      // Copies that overlap, forwards and backwards.
      ...inits.slice(0, 8),
      ...triples([3n, 4n, 5n, 12n], [4n, 3n, 11n], [1n, 2n, 7n, 8n, 9n, 30n], "copy"),
      ...triples([0n, PAGE], [0n, 1n], [0n, 1n], "initActive"),
      ["drop"],
      ["drop"],
      ...inits.slice(0, 200),
    ];
    expect(new Set(expectAgreement(paths, text, calls))).to.deep.equal(new Set([1, 3]));
  });

  it("memory.init of an active segment, where no segment is passive", () => {
    const text = `(module (memory (export "memory") 1 1) (data (i32.const 8) "abc")
      (func (export "init") (param i32 i32 i32) (memory.init 0 (local.get 0) (local.get 1) (local.get 2))))`;
    const calls = triples([0n, PAGE, PAGE + 1n], [0n, 1n], [0n, 1n], "init");
    expect(new Set(expectAgreement(paths, text, calls))).to.deep.equal(new Set([1, 3]));
  });

  it("table.init, table.copy, elem.drop, call_indirect", () => {
    const text = `(module (table 10 10 funcref) (type $v (func (result i32)))
      ${[0, 1, 2, 3].map((index) => `(func $f${index} (result i32) i32.const ${index})`).join(" ")}
      (func $other (param i32))
      (elem (i32.const 2) func $f0 $f1 $other) (elem $e func $f3 $f2 $other $f1)
      (func (export "call") (param i32) (result i32) local.get 0 call_indirect (type $v))
      (func (export "init") (param i32 i32 i32) (table.init $e (local.get 0) (local.get 1) (local.get 2)))
      (func (export "copy") (param i32 i32 i32) (table.copy (local.get 0) (local.get 1) (local.get 2)))
      (func (export "drop") (elem.drop $e)))`;
    const all = [...Array(12).keys(), 0xffffffff].map((index): Call => ["call", BigInt(index)]);
    const indices = [0n, 1n, 2n, 4n, 9n, 10n, 11n, 0xffffffffn];
    const calls: Call[] = [
      ...all,
      ...triples(
        indices,
        [0n, 1n, 3n, 4n, 5n, 0xffffffffn],
        [0n, 1n, 2n, 4n, 5n, 0xffffffffn],
        "init",
      ).flatMap((call) => [call, ...all]),
      ...triples(indices, indices, [0n, 1n, 3n, 10n, 11n, 0xffffffffn], "copy").flatMap((call) => [
        call,
        ...all,
      ]),
      ["drop"],
      ...triples([0n, 10n], [0n, 1n], [0n, 1n], "init"),
      ...all,
    ];
    expect(new Set(expectAgreement(paths, text, calls))).to.deep.equal(new Set([1, 7, 8]));
  });

  it("memory.grow and memory.size up to the maximum, and accesses to what is new", () => {
    const text = `(module (memory (export "memory") 1 4)
      (func (export "grow") (param i32) (result i32 i32) (memory.grow (local.get 0)) memory.size)
      (func (export "store") (param i32) (i32.store8 (local.get 0) (i32.const 7)))
      (func (export "load") (param i32) (result i32) (i32.load8_s (local.get 0))))`;
    const probes = [1n, 2n, 3n, 4n].flatMap((pages): Call[] => [
      ["store", pages * PAGE - 1n],
      ["load", pages * PAGE - 1n],
      ["load", pages * PAGE],
    ]);
    const grows = [0n, 0xffffffffn, 4n, 1n, 0x10000n, 3n, 2n, 1n, 0n];
    const calls = grows.flatMap((pages): Call[] => [["grow", pages], ...probes]);
    expect(new Set(expectAgreement(paths, text, calls))).to.deep.equal(new Set([1, 3]));
  });

  it("multi-value: functions, blocks, loops, branches and switches of several values", () => {
    const text = `(module
      (func $swap (export "swap") (param i32 i64) (result i64 i32) local.get 1 local.get 0)
      (func (export "block") (param i32 i64) (result i64 i32)
        local.get 0 local.get 1
        block (param i32 i64) (result i64 i32) call $swap local.get 0 br_if 0 call $flip end)
      (func $flip (param i64 i32) (result i64 i32) local.get 0 i64.const -1 i64.xor local.get 1 i32.const 1 i32.add)
      (func (export "loop") (param i32) (result i32 i64)
        local.get 0 i64.const 1
        loop (param i32 i64) (result i32 i64)
          local.get 0 i64.extend_i32_u i64.add
          local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0
        end)
      (func (export "if") (param i32 f32 f64) (result f64 f32 i32)
        local.get 1 local.get 2 local.get 0
        if (param f32 f64) (result f64 f32 i32) local.set 2 local.set 1 local.get 2 local.get 1 i32.const 1
        else drop drop f64.const 2 f32.const 3 i32.const 4 end)
      (func (export "switch") (param i32) (result i32 i32 i32)
        block (result i32 i32 i32) block (result i32 i32 i32) block (result i32 i32 i32)
          i32.const 10 i32.const 20 i32.const 30 local.get 0 br_table 0 1 2 1
        end i32.add i32.const 5 i32.const 6 br 1
        end i32.sub local.get 0 i32.const 9
        br 0
        end)
      (func (export "pending") (param i32 i32) (result i32 i32 i32 i32)
        local.get 0 local.get 1 local.get 0 local.set 1 local.get 1
        i32.const 7 local.set 0
        block (param i32) (result i32) local.get 0 i32.add i32.const 9 local.set 0 end
        local.get 0))`;
    const values = EDGES.i32.slice(0, 12);
    const calls = values.flatMap((value, index): Call[] => [
      ["swap", value, EDGES.i64[index] ?? 0n],
      ["block", value, EDGES.i64[index] ?? 0n],
      ["loop", 1n + BigInt(index)],
      ["if", value % 2n, EDGES.f32[index] ?? 0n, EDGES.f64[index] ?? 0n],
      ["switch", BigInt(index)],
      ["switch", value],
      ["pending", value, BigInt.asUintN(32, value + 1n)],
    ]);
    expect(new Set(expectAgreement(paths, text, calls))).to.deep.equal(new Set([1]));
  });
});
