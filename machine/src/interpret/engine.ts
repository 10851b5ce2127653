import {
  CODE,
  CODE_LENGTH,
  DATA,
  DATA_LENGTH,
  INPUT,
  INPUT_LENGTH,
  MEMORY,
  SLOTS,
  SLOT_COUNT,
  USES,
  WASM_PAGE,
  reason,
  state,
} from "./layout.ts";
import { encodeInterpreter, usesOf } from "./interpreter-module.ts";
import { translate } from "./translate.ts";
import { encodeScript, SCRIPT_ADDRESS } from "../data-space.ts";
import { MachineError } from "../errors.ts";
import type { Program } from "../program.ts";

/** Steps of one call into the interpreter: few enough that V8 soon replaces its first, slow code by the optimised one. */
const SLICE = 2 ** 20;

/** The interpreter with a program, its input and its state in one WebAssembly memory (layout.ts). */
export interface Engine {
  /** The whole memory; a new object when the memory has grown. */
  bytes(): Uint8Array;
  get32(address: number): number;
  set32(address: number, value: number): void;
  get64(address: number): bigint;
  set64(address: number, value: bigint): void;
  /**
   * Runs until `maxSteps` steps were made, the status is not 0 any more or `fuelWatch` was reached.
   * @returns the number of steps made
   * @throws MachineError `host-memory` when the host has no memory for what the program grows to
   */
  run(maxSteps: number): number;
  /** Marks the chunks of slots that have changed since the last time. */
  markSlots(): void;
  /** Makes room for a memory of so many pages. @throws MachineError `host-memory` */
  growTo(pages: number): void;
}

/** The compiled interpreter: the same for every program. */
const compileOnce = (() => {
  let compiled: WebAssembly.Module | undefined;
  return () => (compiled ??= new WebAssembly.Module(encodeInterpreter()));
})();

/**
 * Makes an engine with everything but the registers and the fuel set for the program's start.
 * @throws MachineError `host-memory`, RangeError if a part of the program or the input is larger than its space
 */
export function createEngine(program: Program, input: Uint8Array): Engine {
  const memory = allocate(program.pages);
  const instance = new WebAssembly.Instance(compileOnce(), { host: { memory } });
  const step = instance.exports["run"] as (steps: number) => number;
  let bytes = new Uint8Array(memory.buffer);
  let view = new DataView(memory.buffer);
  function refresh(): void {
    if (bytes.buffer === memory.buffer) return;
    bytes = new Uint8Array(memory.buffer);
    view = new DataView(memory.buffer);
  }
  const engine: Engine = {
    bytes: () => bytes,
    get32: (address) => view.getUint32(address, true),
    set32: (address, value) => view.setUint32(address, value, true),
    get64: (address) => view.getBigUint64(address, true),
    set64: (address, value) => view.setBigUint64(address, value, true),
    run(maxSteps) {
      let left = maxSteps;
      while (left > 0 && view.getUint8(state.status) === 0) {
        const slice = Math.min(left, SLICE);
        left += step(slice) - slice;
        refresh();
        const why = view.getUint32(state.reason, true);
        if (why === reason.hostMemory) throw noMemory();
        if (why === reason.fuelWatch) break;
      }
      return maxSteps - left;
    },
    markSlots: instance.exports["markSlots"] as () => void,
    growTo(pages) {
      const missing = MEMORY / WASM_PAGE + pages - memory.buffer.byteLength / WASM_PAGE;
      if (missing <= 0) return;
      try {
        memory.grow(missing);
      } catch (cause) {
        throw noMemory(cause);
      }
      refresh();
    },
  };
  bytes.set(usesOf, USES);
  const fill = (what: string, part: Uint8Array, base: number, length: number): void => {
    if (part.length > length)
      throw new RangeError(`The ${what} has ${part.length} bytes; at most ${length} fit.`);
    bytes.set(part, base);
  };
  fill("data", program.data, DATA, DATA_LENGTH);
  fill("script", encodeScript(program.script), DATA + SCRIPT_ADDRESS, DATA_LENGTH - SCRIPT_ADDRESS);
  fill("input", input, INPUT, INPUT_LENGTH);
  fill("slots", program.slots, SLOTS, SLOT_COUNT * 8);
  for (const segment of program.segments) bytes.set(segment.bytes, MEMORY + segment.offset);
  const reach = translate(program.code, bytes.subarray(CODE, CODE + (CODE_LENGTH + 2) * 16));
  engine.set32(state.fpLimit, Math.max(0, SLOT_COUNT - reach) * 8);
  engine.set64(state.inLen, BigInt(input.length));
  engine.set32(state.maxPages, program.maxPages);
  engine.set32(state.pages, program.pages);
  engine.set64(state.memoryBytes, BigInt(program.pages * WASM_PAGE));
  return engine;
}

function allocate(pages: number): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: MEMORY / WASM_PAGE + pages });
  } catch (cause) {
    throw noMemory(cause);
  }
}

function noMemory(cause?: unknown): MachineError {
  return new MachineError({
    code: "host-memory",
    message: "This computer has no memory left for what the program needs; that is no result of the program.",
    nextStep: "Close other programs or use a computer with more memory, and run it again.",
    cause,
  });
}
