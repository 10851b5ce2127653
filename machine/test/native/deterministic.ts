/** Prints what programs give in a thread with a stack of `argv[2]` MiB, for deterministic.test.ts. */
import { createHash } from "node:crypto";
import { isMainThread, Worker } from "node:worker_threads";
import { assemble, exportSection, memorySection, section } from "../build-module.ts";
import { makeInput } from "../shim/inputs.ts";
import { fixture, openBoth } from "./run.ts";

const I64 = 0x7e;

/** Endless recursion of a function that hands on so many parameters, and keeps them for after the call. */
function recursion(params: number): Uint8Array {
  const each = Array.from({ length: params }, (_unused, local) => local);
  const body = (...code: number[]): number[] => {
    const length = code.length + 2;
    return [...(length < 128 ? [length] : [(length % 128) | 128, length >> 7]), 0, ...code, 0x0b];
  };
  const getAll = each.flatMap((local) => [0x20, local]);
  const dropAll = each.flatMap((local) => [0x20, local, 0x1a]);
  return assemble(
    section(1, [2, 0x60, 0, 0, 0x60, params, ...each.map(() => I64), 0]),
    section(3, [2, 0, 1]),
    memorySection(1),
    exportSection(["_start", 0], ["memory", 2]),
    section(10, [
      2,
      ...body(...each.flatMap((local) => [0x42, local % 64]), 0x10, 1),
      ...body(...getAll, 0x10, 1, ...dropAll),
    ]),
  );
}

if (isMainThread) {
  const stackSizeMb = Number(process.argv[2]);
  new Worker(new URL(import.meta.url), { resourceLimits: { stackSizeMb } });
} else {
  const programs: [string, Uint8Array][] = [
    ...["iostream", "memory", "recursion", "time-random", "words"].map((name): [string, Uint8Array] => [
      name,
      fixture(name),
    ]),
    ...[0, 1, 10, 100].map((params): [string, Uint8Array] => [`recursion-${params}`, recursion(params)]),
  ];
  for (const [name, wasm] of programs) {
    const input = makeInput({
      stdin: new TextEncoder().encode("pear apple fig"),
      env: ["QUERY_STRING=grow"],
    });
    const { native } = openBoth(wasm);
    const { status, exitCode, fuelUsed, output, stderr } = native(input);
    const digest = createHash("sha256").update(output).update(stderr).digest("hex");
    console.log(`${name} ${status} ${exitCode} ${fuelUsed} ${digest}`);
  }
}
