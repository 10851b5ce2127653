/** Calls between JavaScript and WebAssembly that keep every bit: a NaN that becomes a number of JavaScript loses its payload. */
import { assemble, section } from "../build-module.ts";
import { TYPES } from "./types.ts";

const PAGE = 65_536;
const LOADS: Record<number, number> = {
  [TYPES.i32]: 0x28,
  [TYPES.i64]: 0x29,
  [TYPES.f32]: 0x2a,
  [TYPES.f64]: 0x2b,
};
const STORES: Record<number, number> = {
  [TYPES.i32]: 0x36,
  [TYPES.i64]: 0x37,
  [TYPES.f32]: 0x38,
  [TYPES.f64]: 0x39,
};

/** A function's type: value types as the binary format writes them. */
export interface Signature {
  params: readonly number[];
  results: readonly number[];
}

function leb(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...leb(Math.floor(value / 128))];
}

const signed = (value: number): number[] =>
  value < 64 ? [value] : [...leb(value).slice(0, -1), ...last(value)];

/** The last byte of a positive signed LEB128, with one more where its sign bit would be set. */
function last(value: number): number[] {
  const [top = 0] = leb(value).slice(-1);
  return top < 64 ? [top] : [top | 128, 0];
}

const text = (value: string): number[] => [...leb(value.length), ...new TextEncoder().encode(value)];

/** A module that imports `t.f` and the memory `t.m`, and calls the one with arguments from the other; results go there too. */
function buildTrampoline({ params, results }: Signature): Uint8Array {
  const type = (from: readonly number[], to: readonly number[]): number[] => [
    0x60,
    ...leb(from.length),
    ...from,
    ...leb(to.length),
    ...to,
  ];
  const at = (index: number): number[] => [0x41, ...signed(8 * index)];
  const body = [
    ...leb(results.length),
    ...results.flatMap((result) => [1, result]),
    ...params.flatMap((param, index) => [...at(index), LOADS[param] ?? 0, 0, 0]),
    ...[0x10, 0],
    ...results.flatMap((_, index) => [0x21, ...leb(results.length - 1 - index)]),
    ...results.flatMap((result, index) => [...at(index), 0x20, ...leb(index), STORES[result] ?? 0, 0, 0]),
    0x0b,
  ];
  return assemble(
    section(1, [2, ...type(params, results), ...type([], [])]),
    section(2, [2, ...text("t"), ...text("f"), 0, 0, ...text("t"), ...text("m"), 2, 0, 1]),
    section(3, [1, 1]),
    section(7, [1, ...text("call"), 0, 1]),
    section(10, [1, ...leb(body.length), ...body]),
  );
}

/** Calls a WebAssembly function with bits and gives its results as bits; a trap is thrown. */
export type BitCall = (args: readonly bigint[]) => bigint[];

/** A way to make such calls; signatures are compiled once. */
export function createTrampolines(): (target: unknown, signature: Signature) => BitCall {
  const modules = new Map<string, WebAssembly.Module>();
  const memory = new WebAssembly.Memory({ initial: 1 });
  const view = new DataView(memory.buffer);
  return (target, signature) => {
    if (8 * Math.max(signature.params.length, signature.results.length) > PAGE)
      throw new Error("a function has more parameters or results than the trampoline has room for");
    const key = JSON.stringify(signature);
    const module = modules.get(key) ?? new WebAssembly.Module(buildTrampoline(signature));
    modules.set(key, module);
    const { exports } = new WebAssembly.Instance(module, { t: { f: target, m: memory } });
    return (args) => {
      for (const [index, bits] of args.entries()) view.setBigUint64(8 * index, bits, true);
      (exports["call"] as () => void)();
      return signature.results.map((type, index) =>
        type === TYPES.i32 || type === TYPES.f32
          ? BigInt(view.getUint32(8 * index, true))
          : view.getBigUint64(8 * index, true),
      );
    };
  };
}
