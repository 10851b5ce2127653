import { expect } from "chai";
import { MachineError } from "../src/errors.ts";
import { assemble, section, typeSection } from "./build-module.ts";
import { openPaths } from "./paths/open.ts";
import type { Paths } from "./paths/open.ts";

/** Function indices in the places where a module may name one. */
interface Parts {
  start?: number;
  element?: number;
  call?: number[];
  exported?: number;
}

const NAMES = [
  "run",
  "start",
  "fuel",
  "why",
  "exitCode",
  "outLen",
  "inLen",
  "memory",
  "export:f",
  "global:g",
];

describe("user code cannot reach what counts and limits it", function () {
  this.timeout(120_000);
  let paths: Paths;
  before(async () => (paths = await openPaths()));

  function refuses(wasm: Uint8Array, what: string): void {
    try {
      paths.prepare(wasm);
    } catch (error) {
      expect(error, what).to.be.instanceOf(MachineError);
      return;
    }
    expect.fail(`${what} was accepted`);
  }

  /** Runs `_start`, expects the same on both paths and that it used what the same program uses without the trick. */
  function expectHarmless(text: string, status = 1): void {
    const prepared = paths.prepare(paths.assemble(text));
    const fuel = 10_000n;
    const [native, replay] = [paths.native(prepared, { fuel }), paths.interpreter(prepared, { fuel })];
    const outcome = native.start();
    expect(outcome.status).to.equal(status);
    expect(outcome.fuelUsed > 0n).to.equal(true);
    expect(replay.start()).to.deep.equal(outcome);
    expect(Buffer.from(replay.memory()).equals(Buffer.from(native.memory()))).to.equal(true);
  }

  const work = `(local i32) loop (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 50))) end`;

  for (const name of [
    "memory",
    "input",
    "output",
    "fuel",
    "halt",
    "grow",
    "input_load8_u",
    "data_load64",
    "output_store8",
  ]) {
    it(`imports: millrace.${name} is refused in each kind`, () => {
      for (const kind of [
        "(func)",
        "(memory 1)",
        "(global i64)",
        "(global (mut i64))",
        "(table 1 funcref)",
      ]) {
        const text = `(module (import "millrace" "${name}" ${kind}) (func (export "_start")))`;
        refuses(paths.assemble(text), `an import of millrace.${name} as ${kind}`);
      }
      refuses(
        paths.assemble(
          `(module (import "millrace" "${name}" (func (param i32) (result i32))) (func (export "_start")))`,
        ),
        `an import of millrace.${name} as a function of one parameter`,
      );
    });
  }

  it("imports: its own exports cannot be imported back", () => {
    for (const module of ["", "env", "wasi_snapshot_preview1", "export"])
      for (const name of NAMES)
        refuses(
          paths.assemble(
            `(module (import "${module}" "${name}" (global (mut i64))) (func (export "_start")))`,
          ),
          `an import of the global ${module}.${name}`,
        );
  });

  it("exports: functions, globals, memory and table with the names of ours stay apart from them", () => {
    for (const name of NAMES) {
      expectHarmless(
        `(module (memory (export "mem") 1) (func (export "${name}") unreachable) (func (export "_start") ${work}))`,
      );
      expectHarmless(
        `(module (memory (export "mem") 1) (global $g (export "${name}") (mut i64) (i64.const -1))
          (func (export "_start") ${work} (global.set $g (i64.const 0x7fffffffffffffff))))`,
      );
      expectHarmless(`(module (memory (export "${name}") 1) (func (export "_start") ${work}))`);
      expectHarmless(
        `(module (memory (export "mem") 1) (table (export "${name}") 1 1 funcref) (func (export "_start") ${work}))`,
      );
    }
  });

  it("globals: an index beyond the module's own is invalid, and its own globals change nothing else", () => {
    const body = (code: number[]): Uint8Array =>
      assemble(
        typeSection,
        section(3, [1, 0]),
        section(5, [1, 0, 1]),
        section(6, [1, 0x7e, 1, 0x42, 0, 0x0b]),
        section(7, [1, 6, ...new TextEncoder().encode("_start"), 0, 0]),
        section(10, [1, code.length + 2, 0, ...code, 0x0b]),
      );
    for (let index = 1; index < 40; index += 1) {
      refuses(body([0x42, 0x7f, 0x24, index]), `global.set ${index} of one global`);
      refuses(body([0x23, index, 0x1a]), `global.get ${index} of one global`);
      refuses(body([0x41, 0, 0x24, index]), `global.set ${index} of an i32`);
    }
    const globals = Array.from(
      { length: 20 },
      (_, index) => `(global $g${index} (mut i64) (i64.const 7))`,
    ).join(" ");
    const sets = Array.from({ length: 20 }, (_, index) => `(global.set $g${index} (i64.const -1))`).join(" ");
    expectHarmless(`(module (memory (export "mem") 1) ${globals} (func (export "_start") ${work} ${sets}))`);
  });

  it("functions: an index beyond the module's own is invalid in calls, elements, exports and as start", () => {
    const withParts = ({ start, element, call = [], exported = 0 }: Parts): Uint8Array =>
      assemble(
        typeSection,
        section(3, [1, 0]),
        section(4, [1, 0x70, 0, 4]),
        section(5, [1, 0, 1]),
        section(7, [1, 6, ...new TextEncoder().encode("_start"), 0, exported]),
        start === undefined ? [] : section(8, [start]),
        element === undefined ? [] : section(9, [1, 0, 0x41, 0, 0x0b, 1, element]),
        section(10, [1, call.length + 2, 0, ...call, 0x0b]),
      );
    for (let index = 1; index < 60; index += 1) {
      refuses(withParts({ call: [0x10, index] }), `a call of function ${index} of one`);
      refuses(withParts({ start: index }), `a start function ${index} of one`);
      refuses(withParts({ element: index }), `an element ${index} of one function`);
      refuses(withParts({ exported: index }), `an export of function ${index} of one`);
    }
    paths.prepare(withParts({ call: [], start: 0, element: 0 }));
  });

  it("tables: what is not in the table cannot be called, and its types are the module's own", () => {
    // Every index and every type: the fp that each function natively takes as one more parameter is no type of the user's.
    const types = ["", "i32", "i32 i32", "i64", "i32 i64"];
    const calls = types.map(
      (params, at) =>
        `(func (export "call${at}") (param i32) ${params
          .split(" ")
          .filter(Boolean)
          .map((type) => `(${type}.const 5)`)
          .join(" ")} local.get 0 call_indirect (param ${params}))`,
    );
    const text = `(module (memory (export "mem") 1) (table 3 3 funcref) (elem (i32.const 0) func $f $h)
      (func $f (i32.store8 (i32.const 0) (i32.const 1))) (func $h (param i32) (i32.store8 (i32.const 1) (local.get 0)))
      ${calls.join(" ")} (func (export "_start")))`;
    const prepared = paths.prepare(paths.assemble(text));
    const [native, replay] = [paths.native(prepared), paths.interpreter(prepared)];
    for (const at of types.keys()) {
      for (const index of [0n, 1n, 2n, 3n, 4n, 100n, 0x7fffffffn, 0x80000000n, 0xffffffffn]) {
        const outcome = native.invoke(`call${at}`, [index]);
        const fits = (at === 0 && index === 0n) || (at === 1 && index === 1n);
        expect(outcome?.status, `type ${at}, index ${index}`).to.equal(fits ? 1 : index < 3n ? 8 : 7);
        expect(replay.invoke(`call${at}`, [index])).to.deep.equal(outcome);
      }
    }
  });

  it("start function: it pays, and cannot run before its limits are set", () => {
    const text = `(module (memory (export "mem") 1) (start $s)
      (func $s ${work} (i32.store8 (i32.const 0) (i32.const 1))) (func (export "_start")))`;
    expectHarmless(text);
    const prepared = paths.prepare(paths.assemble(text));
    for (const path of [paths.native, paths.interpreter]) {
      const instance = path(prepared, { fuel: 10n });
      expect(instance.memory()[0], "memory before the run").to.equal(0);
      expect(instance.start()).to.include({ status: 10, fuelUsed: 10n });
    }
  });

  it("data segments: another memory than the module's own is invalid", () => {
    for (let memory = 1; memory < 5; memory += 1)
      refuses(
        assemble(
          typeSection,
          section(3, [1, 0]),
          section(5, [1, 0, 1]),
          section(7, [1, 6, ...new TextEncoder().encode("_start"), 0, 0]),
          section(10, [1, 2, 0, 0x0b]),
          section(11, [1, 2, memory, 0x41, 0, 0x0b, 1, 0xff]),
        ),
        `a data segment for memory ${memory}`,
      );
    refuses(
      paths.assemble(`(module (memory 1) (data (i32.const 65536) "x") (func (export "_start")))`),
      "a data segment beyond the memory",
    );
    refuses(
      paths.assemble(`(module (memory 1) (data (i32.const -1) "x") (func (export "_start")))`),
      "a data segment before the memory",
    );
  });

  it("memory accesses: another memory than the module's own is invalid", () => {
    const body = (code: number[]): Uint8Array =>
      assemble(
        typeSection,
        section(3, [1, 0]),
        section(5, [1, 0, 1]),
        section(7, [1, 6, ...new TextEncoder().encode("_start"), 0, 0]),
        section(10, [1, code.length + 2, 0, ...code, 0x0b]),
      );
    for (let memory = 1; memory < 4; memory += 1) {
      refuses(body([0x41, 0, 0x41, 0, 0x36, 0x42, memory, 0]), `i32.store to memory ${memory}`);
      refuses(body([0x41, 0, 0x28, 0x42, memory, 0, 0x1a]), `i32.load from memory ${memory}`);
      refuses(body([0x3f, memory, 0x1a]), `memory.size of memory ${memory}`);
      refuses(body([0x41, 1, 0x40, memory, 0x1a]), `memory.grow of memory ${memory}`);
      refuses(body([0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 10, memory, 0]), `memory.copy to memory ${memory}`);
      refuses(body([0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 11, memory]), `memory.fill of memory ${memory}`);
    }
  });
});
