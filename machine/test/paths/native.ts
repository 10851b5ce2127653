/** The native path for tests: the instrumented module in V8, with its exports callable one by one. */
import { createDataMemory, createNativeSpaces } from "../../src/native/spaces.ts";
import { trapStatus } from "../../src/native/trap-status.ts";
import type { Prepared } from "../../src/prepare.ts";
import { PLENTY } from "./instance.ts";
import type { Instance, InstanceParameters, Outcome } from "./instance.ts";
import { createTrampolines } from "./trampoline.ts";

/** A way to make native instances. */
export function createNativePath(): (prepared: Prepared, parameters?: InstanceParameters) => Instance {
  const callable = createTrampolines();
  const compiled = new WeakMap<Uint8Array, WebAssembly.Module>();
  const spaces = createNativeSpaces();
  return ({ module, program }, { fuel: limit = PLENTY, input = new Uint8Array(0) } = {}) => {
    const memory = new WebAssembly.Memory({ initial: program.pages, maximum: program.maxPages });
    const ready = compiled.get(module) ?? new WebAssembly.Module(module);
    compiled.set(module, ready);
    const imports = { millrace: { memory, ...spaces, data: createDataMemory(program.script) } };
    const { exports } = new WebAssembly.Instance(ready, imports);
    const globals = exports as Record<string, { value: unknown }>;

    function run(call: () => bigint[]): Outcome {
      const { fuel, why, inputLength } = globals;
      if (fuel === undefined || why === undefined || inputLength === undefined)
        throw new Error("the module exports no fuel");
      new Uint8Array(spaces.input.buffer).set(input);
      fuel.value = limit;
      inputLength.value = input.length;
      why.value = 0;
      try {
        const results = call();
        return { status: 1, results, fuelUsed: limit - (fuel.value as bigint) };
      } catch (error) {
        const status = trapStatus(why.value as number, error);
        if (status === undefined) throw error;
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
        return found === undefined || global === undefined
          ? undefined
          : bitsOfGlobal(global.value, found.type);
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
