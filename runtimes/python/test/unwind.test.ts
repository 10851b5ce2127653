import { readFileSync } from "node:fs";
import binaryen from "binaryen";
import { expect } from "chai";
import { addUnwinding } from "../scripts/unwind.ts";

/** A module whose `nlr_protect` calls function 0 or 1 of the table, like port/nlr.S. */
const MODULE = `(module
  (type $body (func (param i32)))
  (global $flag (mut i32) (i32.const 0)) (global $trace (mut i32) (i32.const 0))
  (table 2 2 funcref) (elem (i32.const 0) $quiet $loud)
  (func $trace (param i32) (global.set $trace (i32.add (i32.mul (global.get $trace) (i32.const 10)) (local.get 0))))
  (func $throw (global.set $flag (i32.const 1)))
  (func $protect (param i32 i32) (result i32)
    (call_indirect (type $body) (local.get 1) (local.get 0))
    (if (result i32) (global.get $flag) (then (global.set $flag (i32.const 0)) (i32.const 1)) (else (i32.const 0))))
  (func $quiet (param i32) (call $trace (i32.const 1)))
  (func $loud (param i32)
    (call $trace (i32.const 2))
    (drop (f64.add (f64.const 1) (call $deep (local.get 0))))
    (call $trace (i32.const 9)))
  (func $deep (param i32) (result f64)
    (block $end (result f64)
      (loop $again
        (call $trace (i32.const 3))
        (br_if $end (f64.const 2) (i32.eqz (local.get 0)))
        (drop)
        (if (i32.eq (local.get 0) (i32.const 7)) (then (call $throw) (unreachable)))
        (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
        (br $again))
      (unreachable)))
  (func (export "run") (param i32 i32) (result i32)
    (global.set $trace (i32.const 0))
    (i32.add (i32.mul (call $protect (local.get 0) (local.get 1)) (i32.const 1000000)) (global.get $trace)))
  (export "nlr_unwinding" (global $flag)))`;

function assemble(text: string): Uint8Array {
  const module = binaryen.parseText(text);
  try {
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

describe("python: addUnwinding", () => {
  it("a throw leaves all functions up to the one that protects, within loops and expressions", () => {
    const wasm = addUnwinding(assemble(MODULE));
    const instance = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(wasm)), {});
    const run = instance.exports["run"] as (body: number, argument: number) => number;
    expect(run(0, 0)).to.equal(1);
    expect(run(1, 2)).to.equal(23339);
    expect(run(1, 8)).to.equal(1000233);
    expect(run(1, 0)).to.equal(239);
    expect(Object.keys(instance.exports)).to.deep.equal(["run"]);
  });

  it("error: a module without the flag, or in which others write it", () => {
    expect(() => addUnwinding(readFileSync(new URL("../build/python.wasm", import.meta.url)))).to.throw(
      "The module does not export nlr_unwinding.",
    );
    const written = MODULE.replace(
      "(func $quiet (param i32)",
      "(func $quiet (param i32) (global.set $flag (i32.const 0))",
    );
    expect(() => addUnwinding(assemble(written))).to.throw("nlr_unwinding is written in 3 functions");
  });
});
