/** The native path for tests: the instrumented module in V8, with its exports callable one by one. */
import type { Prepared } from "../../src/prepare.ts";
import { PLENTY } from "./instance.ts";
import type { Instance, InstanceParameters, Outcome } from "./instance.ts";
import { createTrampolines } from "./trampoline.ts";

/** What `why` says, as a status of docs/machine.md. */
const STATUS_BY_REASON: Record<number, number> = { 1: 1, 2: 9, 3: 10 };
const HOST_HAD_NO_MEMORY = 4;

/** What V8 says of a trap, by status. */
const MESSAGES: [RegExp, number][] = [
  [/^unreachable/, 2],
  [/^memory access out of bounds/, 3],
  [/^(divide|remainder) by zero/, 4],
  [/^divide result unrepresentable/, 5],
  [/^float unrepresentable/, 6],
  [/^table index is out of bounds/, 7],
  [/^null function or function signature mismatch/, 8],
];

/** The status of a trap that V8 threw. @throws what is no trap */
export function statusOfTrap(error: unknown): number {
  if (error instanceof WebAssembly.RuntimeError) {
    const found = MESSAGES.find(([pattern]) => pattern.test(error.message));
    if (found !== undefined) return found[1];
  }
  throw error;
}

/** A way to make native instances. */
export function createNativePath(): (prepared: Prepared, parameters?: InstanceParameters) => Instance {
  const callable = createTrampolines();
  return ({ module, program }, { fuel: limit = PLENTY, input = new Uint8Array(0) } = {}) => {
    const memory = new WebAssembly.Memory({ initial: program.pages, maximum: program.maxPages });
    const inputMemory = new WebAssembly.Memory({ initial: Math.ceil(input.length / 65_536), maximum: 512 });
    new Uint8Array(inputMemory.buffer).set(input);
    const output = new WebAssembly.Memory({ initial: 512, maximum: 512, shared: true });
    const imports = { millrace: { memory, input: inputMemory, output } };
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module), imports);
    const globals = exports as Record<string, WebAssembly.Global>;

    function run(call: () => bigint[]): Outcome {
      const { fuel, why } = globals;
      if (fuel === undefined || why === undefined) throw new Error("the module exports no fuel");
      fuel.value = limit;
      why.value = 0;
      try {
        const results = call();
        return { status: 1, results, fuelUsed: limit - (fuel.value as bigint) };
      } catch (error) {
        if (why.value === HOST_HAD_NO_MEMORY) throw new Error("the host had no memory", { cause: error });
        const status = STATUS_BY_REASON[why.value as number] ?? statusOfTrap(error);
        return { status, results: [], fuelUsed: status === 10 ? limit : limit - (fuel.value as bigint) };
      }
    }

    return {
      start() {
        return run(() => callable(exports["run"], { params: [], results: [] })([]));
      },
      invoke(name, args) {
        const signature = program.exports.get(name);
        if (signature === undefined) return undefined;
        const call = callable(exports[`export:${name}`], signature);
        return run(() => call(args));
      },
      get(name) {
        const found = program.exportedGlobals.get(name);
        const global = globals[`global:${name}`];
        return found === undefined || global === undefined ? undefined : bitsOfGlobal(global.value, found.type);
      },
      memory: () => new Uint8Array(memory.buffer.slice(0)),
    };
  };
}

/** The bits of a global's value as JavaScript shows it: a NaN is the canonical one. */
function bitsOfGlobal(value: unknown, type: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  if (typeof value === "bigint") view.setBigInt64(0, value, true);
  else if (type === 0x7f) view.setInt32(0, value as number, true);
  else if (type === 0x7d) view.setFloat32(0, value as number, true);
  else view.setFloat64(0, value as number, true);
  return view.getBigUint64(0, true);
}
