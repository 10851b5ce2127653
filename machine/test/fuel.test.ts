import { expect } from "chai";
import fc from "fast-check";
import { openMachine } from "../src/interpret/machine.ts";
import { openPaths } from "./paths/open.ts";
import type { Paths } from "./paths/open.ts";
import { generateModule } from "./random/generate-module.ts";
import { runs } from "./seed.ts";

const OUT_OF_FUEL = 10;

/** Programs that use some hundred units in different ways and leave traces in memory. */
const PROGRAMS: Record<string, string> = {
  "a loop that stores": `(func (export "_start") (local i32)
    loop (i32.store8 (local.get 0) (i32.const 1)) (local.tee 0 (i32.add (local.get 0) (i32.const 1)))
      (br_if 0 (i32.lt_u (i32.const 30))) end)`,
  "branches and a switch": `(func (export "_start") (local i32)
    loop
      (if (i32.and (local.get 0) (i32.const 1)) (then (i32.store8 (local.get 0) (i32.const 2))) (else (i32.store8 offset=64 (local.get 0) (i32.const 3))))
      block block block (br_table 0 1 2 (i32.rem_u (local.get 0) (i32.const 4))) end (i32.store8 offset=128 (local.get 0) (i32.const 4)) end
      (i32.store8 offset=192 (local.get 0) (i32.const 5)) end
      (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 12)))
    end)`,
  "recursion and an indirect call": `(table 2 2 funcref) (elem (i32.const 0) func $f $g) (type $t (func (param i32) (result i32)))
    (func $f (param i32) (result i32) (i32.store8 (local.get 0) (i32.const 6))
      (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 1))
        (else (i32.add (call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i32.const 1)) (i32.const 1)))))
    (func $g (param i32) (result i32) (call $f (local.get 0)))
    (func (export "_start") (i32.store offset=100 (i32.const 0) (call $f (i32.const 9))))`,
  "bulk memory and growth": `(data $d "0123456789")
    (func (export "_start")
      (memory.fill (i32.const 3) (i32.const 9) (i32.const 33)) (memory.copy (i32.const 40) (i32.const 1) (i32.const 29))
      (memory.init $d (i32.const 100) (i32.const 2) (i32.const 7)) (i32.store8 (i32.const 120) (memory.grow (i32.const 1))) (data.drop $d)
      (i32.store8 (i32.const 70000) (memory.size)))`,
  "a start function before it, and a trap": `(global $g (mut i32) (i32.const 0)) (start $s)
    (func $s (global.set $g (i32.const 5)) (i32.store8 (i32.const 1) (i32.const 8)))
    (func (export "_start") (local i32)
      loop (i32.store8 (global.get $g) (global.get $g)) (global.set $g (i32.add (global.get $g) (i32.const 1)))
        (drop (i32.div_u (i32.const 1) (i32.sub (i32.const 15) (global.get $g)))) (br 0) end)`,
};
const moduleOf = (text: string): string => `(module (memory (export "memory") 1 2) ${text})`;

describe("fuel", function () {
  this.timeout(600_000);
  let paths: Paths;
  before(async () => (paths = await openPaths()));

  for (const [name, text] of Object.entries(PROGRAMS)) {
    it(`strikes at the same point natively and in the interpreter, with every limit: ${name}`, () => {
      const prepared = paths.prepare(paths.assemble(moduleOf(text)));
      const run = (fuel: bigint) =>
        [paths.native(prepared, { fuel }), paths.interpreter(prepared, { fuel })].map((instance) => ({
          ...instance.start(),
          memory: Buffer.from(instance.memory()).subarray(0, 256).toString("hex"),
          pages: instance.memory().length,
        }));
      const [whole, again] = run(1_000_000n);
      expect(again).to.deep.equal(whole);
      const needed = whole?.fuelUsed ?? 0n;
      expect(needed > 20n && needed < 5_000n, `it needs ${needed} units`).to.equal(true);
      for (let fuel = 0n; fuel <= needed + 1n; fuel += 1n) {
        const [native, replay] = run(fuel);
        expect(replay, `with ${fuel} units, in the interpreter against native`).to.deep.equal(native);
        if (fuel >= needed) expect(native, `with ${fuel} units`).to.deep.equal(whole);
        else
          expect(native, `with ${fuel} of ${needed} units`).to.include({
            status: OUT_OF_FUEL,
            fuelUsed: fuel,
          });
      }
    });

    it(`no block runs more steps than it paid for: ${name}`, () => {
      const { program } = paths.prepare(paths.assemble(moduleOf(text)));
      expectPaid(openMachine({ program, input: new Uint8Array(0), fuel: 1_000_000n }));
    });
  }

  it("a br_table leads past code that only other jumps reach, and does not pay for it", () => {
    const between = "(i32.store (i32.const 0) (i32.const 1))".repeat(40);
    const text = `(func (export "_start") (local i32)
      block $out block $far block $other block $near
        (br_if $other (local.get 0)) (br_table $near $far (i32.const 1)) end (br $out) end ${between} (br $out) end end)`;
    const { program } = paths.prepare(paths.assemble(moduleOf(text)));
    const machine = openMachine({ program, input: new Uint8Array(0), fuel: 1_000_000n });
    machine.runToEnd();
    expect(Number(machine.fuelUsed()) - machine.step()).to.be.below(40);
  });

  it("no block of a random module runs more steps than it paid for", () => {
    const property = fc.property(fc.uint8Array({ minLength: 50, maxLength: 3_000, size: "max" }), (bytes) => {
      const { text, shape } = generateModule(bytes);
      const [first] = shape.functions;
      const values = (first?.params ?? []).map((type) => `(${type}.const 3)`).join(" ");
      const drops = (first?.results ?? []).map(() => "drop").join(" ");
      const main = `(func (export "_start") (call $f0 ${values}) ${drops})`;
      const { program } = paths.prepare(paths.assemble(text.replace(/\)\s*$/, `${main})`)));
      expectPaid(openMachine({ program, input: new Uint8Array(0), fuel: 3_000n }));
    });
    fc.assert(property, { numRuns: runs(100) });
  });
});

/** Steps one by one to the end. */
function expectPaid(machine: ReturnType<typeof openMachine>): void {
  for (let steps = 1; machine.registers().status === 0; steps += 1) {
    machine.runTo(steps);
    if (machine.step() > Number(machine.fuelUsed()))
      expect.fail(`after ${machine.step()} steps only ${machine.fuelUsed()} units are paid`);
  }
  expect(machine.step()).to.be.greaterThan(0);
}
