// `node [V8 options] report-outcomes.ts <stack MiB> native|interpreter` prints how a list of programs ends, as JSON.
import { createHash } from "node:crypto";
import { runDeep } from "./deep-thread.ts";
import { openPaths } from "./open.ts";

/** How one call ended. */
export interface ReportedOutcome {
  call: string;
  status: number;
  results: string[];
  fuelUsed: string;
  /** a hash of the memory after it */
  memory: string;
}

/** A floating-point operation that makes NaNs of both signs on most processors, and its result's bits in every place where they can be seen. */
const nanFunctions = (type: "f32" | "f64", integer: "i32" | "i64"): string => `
  (func (export "${type} made") (param ${type} ${type}) (result ${integer} ${integer} ${integer} ${type} ${type}) (local ${type})
    (local.set 2 (${type}.sub (local.get 0) (local.get 1)))
    (${type}.store (i32.const 0) (local.get 2)) (${type}.store (i32.const 16) (${type}.div (local.get 0) (local.get 1)))
    (${type}.store (i32.const 32) (${type}.min (local.get 0) (${type}.neg (local.get 1))))
    (${integer}.reinterpret_${type} (local.get 2))
    (${integer}.reinterpret_${type} (${type}.neg (${type}.mul (local.get 0) (local.get 1))))
    (${integer}.reinterpret_${type} (${type}.sqrt (local.get 1)))
    (${type}.copysign (${type}.add (local.get 0) (local.get 1)) (${type}.const -1))
    (${type}.nearest (local.get 0)))
  (func (export "${type} kept") (param ${type} ${type}) (result ${type} ${type} ${type})
    local.get 0 (${type}.neg (local.get 1)) (select (local.get 0) (local.get 1) (i32.const 1)))`;

const TEXT = `(module (memory (export "memory") 1 5) (table 3 3 funcref) (elem (i32.const 0) func $zero $one)
  (type $t (func (result i32)))
  (func $zero (result i32) i32.const 0) (func $one (param i32))
  ${nanFunctions("f32", "i32")} ${nanFunctions("f64", "i64")}
  (func (export "convert") (param f64) (result f32 i32) (f32.demote_f64 (local.get 0)) (i32.trunc_sat_f64_s (local.get 0)))
  (func (export "grow") (param i32) (result i32 i32) (memory.grow (local.get 0)) memory.size)
  (func $down (export "down") (param i32) (result i32)
    (if (result i32) (local.get 0) (then (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1))))) (else (i32.const 0))))
  (func $wide (export "wide") (param i32 i64 f64 f64 i64 i64 i64 i64) (result i64) (local i64 i64 i64 i64 i64 i64 f64 f64)
    (local.set 8 (i64.mul (local.get 1) (i64.const 3))) (local.set 9 (i64.add (local.get 8) (local.get 4)))
    (local.set 10 (i64.xor (local.get 9) (local.get 5))) (local.set 14 (f64.add (local.get 2) (local.get 3)))
    (if (result i64) (local.get 0) (then (i64.add (i64.add (local.get 8) (i64.add (local.get 9) (local.get 10)))
      (i64.add (i64.trunc_sat_f64_s (local.get 14)) (call $wide (i32.sub (local.get 0) (i32.const 1)) (local.get 9) (local.get 14) (local.get 2)
        (local.get 8) (local.get 9) (local.get 10) (local.get 1))))) (else (i64.const 0))))
  (func $endless (export "endless") (call $endless))
  (func (export "spin") (loop (br 0)))
  (func (export "unreachable") (i32.store (i32.const 100) (i32.const 1)) unreachable)
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "store") (param i32) (i64.store (local.get 0) (i64.const -1)))
  (func (export "div") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func (export "rem") (param i64 i64) (result i64) (i64.rem_u (local.get 0) (local.get 1)))
  (func (export "trunc") (param f32) (result i32) (i32.trunc_f32_u (local.get 0)))
  (func (export "call") (param i32) (result i32) (call_indirect (type $t) (local.get 0))))`;

const F32 = [0x7fc00000n, 0xffc00000n, 0x7f800001n, 0xffa00000n, 0x7f800000n, 0xff800000n, 0n, 0xbf800000n];
const F64 = [
  ...[0x7ff8000000000000n, 0xfff8000000000000n, 0x7ff0000000000001n, 0xfff4000000000000n],
  ...[0x7ff0000000000000n, 0xfff0000000000000n, 0n, 0xbff0000000000000n],
];
const pairs = (values: bigint[]): bigint[][] => values.flatMap((a) => values.map((b) => [a, b]));
const wide = (depth: bigint): bigint[] => [
  depth,
  1n,
  0x3ff8000000000000n,
  0x4008000000000000n,
  2n,
  3n,
  4n,
  5n,
];

const CALLS: [string, bigint[][]][] = [
  ["f32 made", pairs(F32)],
  ["f32 kept", pairs(F32)],
  ["f64 made", pairs(F64)],
  ["f64 kept", pairs(F64)],
  ["convert", F64.map((value) => [value])],
  ["grow", [[0n], [6n], [1n], [0xffffffffn], [3n], [1n], [0n]]],
  ["load", [[0n], [65_532n], [5n * 65_536n - 4n], [5n * 65_536n - 3n], [0xffffffffn]]],
  ["store", [[65_532n], [5n * 65_536n - 8n], [5n * 65_536n - 7n]]],
  ["down", [[1n], [1_000n], [20_000n], [25_000n], [30_000n], [32_000n], [40_000n], [0xffffffffn]]],
  [
    "wide",
    [[10n], [2_000n], [4_000n], [5_000n], [6_000n], [0xffffffffn]].map(([depth]) => wide(depth ?? 0n)),
  ],
  ["endless", [[]]],
  ["spin", [[]]],
  ["unreachable", [[]]],
  [
    "div",
    [
      [7n, 2n],
      [7n, 0n],
      [0x80000000n, 0xffffffffn],
    ],
  ],
  [
    "rem",
    [
      [7n, 0n],
      [7n, 4n],
    ],
  ],
  ["trunc", F32.map((value) => [value])],
  ["call", [[0n], [1n], [2n], [3n], [0xffffffffn]]],
];

/** All calls in one instance, each twice, on this thread. */
export async function reportOutcomes(path: "native" | "interpreter"): Promise<ReportedOutcome[]> {
  const paths = await openPaths();
  const instance = paths[path](paths.prepare(paths.assemble(TEXT)), { fuel: 5_000_000n });
  const calls = CALLS.flatMap(([name, lists]) => [...lists, ...lists].map((args) => ({ name, args })));
  return calls.map(({ name, args }) => {
    const outcome = instance.invoke(name, args);
    return {
      call: `${name}(${args.join(", ")})`,
      status: outcome?.status ?? 0,
      results: (outcome?.results ?? []).map(String),
      fuelUsed: String(outcome?.fuelUsed),
      memory: createHash("sha256").update(instance.memory()).digest("hex").slice(0, 16),
    };
  });
}

const [stackMiB, path] = process.argv.slice(2);
if (import.meta.main && stackMiB !== undefined)
  console.log(JSON.stringify(await runDeep(import.meta.url, reportOutcomes.name, path, Number(stackMiB))));
