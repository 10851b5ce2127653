import { encodeScript, SCRIPT_ADDRESS } from "../../src/data-space.ts";
import { wasiShim } from "../../src/wasi-shim.ts";

/** Where standard error stands in the output space, and its length. */
const STDERR_START = 2 ** 24;
const STDERR_LENGTH = STDERR_START + 2 ** 16;
const compiled = new WebAssembly.Module(wasiShim().wasm);

/** How the shim ended a program. */
export class Halt extends Error {
  readonly exitCode: number;
  readonly outputBytes: number;

  constructor(exitCode: number, outputBytes: number) {
    super(`halt ${exitCode}`);
    this.exitCode = exitCode >>> 0;
    this.outputBytes = outputBytes >>> 0;
  }
}

interface OpenShimParameters {
  /** The memory's size, in pages. */
  pages?: number;
  maxPages?: number;
  input?: Uint8Array;
  /** Passive data. */
  data?: Uint8Array;
  script?: Uint8Array;
}

/** Runs the shim alone: over a memory of its own, with the linker's instructions given as functions. */
export function openShim({
  pages = 1,
  maxPages = 4,
  input = new Uint8Array(0),
  data = new Uint8Array(0),
  script,
}: OpenShimParameters) {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: maxPages });
  const output = new DataView(new ArrayBuffer(2 ** 25));
  const inputView = new DataView(input.buffer, input.byteOffset, input.byteLength);
  const dataSpace = new Uint8Array(2 ** 24);
  dataSpace.set(data);
  dataSpace.set(encodeScript(script), SCRIPT_ADDRESS);
  const dataView = new DataView(dataSpace.buffer);
  const fuel = { left: 1_000_000n };
  const millrace = {
    input_load8_u: (address: number) => inputView.getUint8(address >>> 0),
    input_load32: (address: number) => inputView.getUint32(address >>> 0, true),
    input_load64: (address: number) => inputView.getBigUint64(address >>> 0, true),
    output_store8: (address: number, value: number) => output.setUint8(address >>> 0, value),
    output_store32: (address: number, value: number) => output.setUint32(address >>> 0, value, true),
    output_store64: (address: number, value: bigint) => output.setBigUint64(address >>> 0, value, true),
    data_load8_u: (address: number) => dataView.getUint8(address >>> 0),
    data_load64: (address: number) => dataView.getBigUint64(address >>> 0, true),
    fuel: () => fuel.left,
    input_length: () => input.length,
    halt(exitCode: number, outputBytes: number): never {
      throw new Halt(exitCode, outputBytes);
    },
    grow(more: number) {
      const before = memory.buffer.byteLength / 2 ** 16;
      return before + (more >>> 0) > maxPages ? -1 : memory.grow(more);
    },
  };
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory }, millrace });
  const stderrLength = (): number => output.getUint32(STDERR_LENGTH, true);
  return {
    fuel,
    view: () => new DataView(memory.buffer),
    bytes: () => new Uint8Array(memory.buffer),
    /** The first bytes of the output space. */
    output: (length: number) => new Uint8Array(output.buffer, 0, length),
    stderr: () => new Uint8Array(output.buffer, STDERR_START, stderrLength()),
    /** Calls a function of WASI. */
    wasi: (name: string, ...parameters: (number | bigint)[]) =>
      (exports[`wasi_snapshot_preview1.${name}`] as (...p: (number | bigint)[]) => number)(...parameters),
    /** Calls a bulk instruction. */
    bulk: (name: string, ...parameters: number[]) =>
      (exports[`millrace.${name}`] as (...p: number[]) => number)(...parameters),
  };
}
