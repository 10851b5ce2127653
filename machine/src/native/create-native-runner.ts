import { readResult, resetOutput } from "../call/read-result.ts";
import type { MachineResult } from "../call/read-result.ts";
import { HostFailure, hostFailure } from "./errors.ts";
import { createDataMemory } from "./spaces.ts";
import type { NativeSpaces } from "./spaces.ts";
import { HOST_HAD_NO_MEMORY, trapStatus } from "./trap-status.ts";

const MAX_FUEL = 2n ** 63n - 1n;
const MAX_FRAMES = 12;

/** A prepared module that V8 has compiled. */
export interface CompiledModule {
  module: WebAssembly.Module;
  /** Pages (64 KiB) of memory that the program begins with, and the most that it can have. */
  pages: number;
  maxPages: number;
  /** What it runs as a runtime. */
  script?: Uint8Array | undefined;
}

/** A result, and what only the native run knows. */
export interface NativeResult extends MachineResult {
  /** Bytes of memory that the instance leaves behind. */
  memoryBytes: number;
  /** For a trap: the program's own frames as V8 names them; no part of the result, other versions name them otherwise. */
  trace: string;
}

/** Runs one program again and again, each time in a fresh instance. */
export interface NativeRunner {
  /**
   * @param input an encoded call
   * @param fuelLimit units, below 2^63
   * @throws HostFailure when the host cannot run the program
   */
  run(input: Uint8Array, fuelLimit: bigint): NativeResult;
}

/** What an instrumented module exports (docs/machine.md). */
interface Exports {
  run: () => void;
  fuel: { value: bigint };
  why: { value: number };
  exitCode: { value: number };
  outLen: { value: number };
  inputLength: { value: number };
}

/** Makes a runner on this thread; the spaces may be shared by runners that take turns. */
export function createNativeRunner(
  { module, pages, maxPages, script }: CompiledModule,
  { input: inputMemory, output }: NativeSpaces,
): NativeRunner {
  const outputSpace = new Uint8Array(output.buffer);
  // No program writes to it but for its passive data, which is the same in each instance.
  const data = createDataMemory(script);

  function instantiate(): { exports: Exports; memory: WebAssembly.Memory } {
    try {
      const memory = new WebAssembly.Memory({ initial: pages, maximum: maxPages });
      const imports = { millrace: { memory, input: inputMemory, output, data } };
      return { exports: new WebAssembly.Instance(module, imports).exports as unknown as Exports, memory };
    } catch (error) {
      throw hostFailure(error);
    }
  }

  return {
    run(input, fuelLimit) {
      if (fuelLimit < 0n || fuelLimit > MAX_FUEL)
        throw new RangeError(`A fuel limit is from 0 to 2^63 − 1, not ${fuelLimit}.`);
      new Uint8Array(inputMemory.buffer).set(input);
      resetOutput(outputSpace);
      const { exports, memory } = instantiate();
      exports.fuel.value = fuelLimit;
      exports.inputLength.value = input.length;
      const thrown = catchFrom(exports.run);
      if (exports.why.value === HOST_HAD_NO_MEMORY)
        throw new HostFailure("memory", "the host refused memory that the limit allows", thrown);
      const status = trapStatus(exports.why.value, thrown);
      if (status === undefined) throw hostFailure(thrown);
      const end = {
        ...{ status, fuelLimit, outputSpace },
        exitCode: exports.exitCode.value >>> 0,
        outLen: exports.outLen.value >>> 0,
        fuelLeft: exports.fuel.value,
      };
      const trace = exports.why.value === 0 ? describeFrames(thrown) : "";
      return { ...readResult(end), memoryBytes: memory.buffer.byteLength, trace };
    },
  };
}

/** What a run ends with: it never returns. */
function catchFrom(run: () => void): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return new Error("the prepared module ended without saying why");
}

function describeFrames(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "";
  const frames = (thrown.stack ?? "").split("\n").filter((line) => line.includes("wasm"));
  return `trap: ${thrown.message}\n${frames.slice(0, MAX_FRAMES).join("\n")}\n`;
}
