/** The third witness: a module as it came, in V8 alone, without fuel, limits or canonical NaN. */
import { trapStatus } from "../../src/native/trap-status.ts";
import type { BitCall, Signature } from "./trampoline.ts";
import { createTrampolines } from "./trampoline.ts";

/** A module that V8 runs as it is. */
export interface PlainInstance {
  /** Calls an exported function; a stack that overflows is status 9. */
  invoke: (name: string, args: readonly bigint[]) => { status: number; results: bigint[] };
  /** A copy of the memory, if it is exported as `memory`. */
  memory: () => Uint8Array | undefined;
}

/** A way to make such instances. */
export function createPlainPath(): (
  wasm: Uint8Array,
  signatures: ReadonlyMap<string, Signature>,
  imports?: Record<string, Record<string, unknown>>,
) => PlainInstance {
  const callable = createTrampolines();
  return (wasm, signatures, imports = {}) => {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm), imports);
    const calls = new Map<string, BitCall>();
    return {
      invoke(name, args) {
        const signature = signatures.get(name);
        if (signature === undefined) throw new Error(`there is no export ${name}`);
        const call = calls.get(name) ?? callable(exports[name], signature);
        calls.set(name, call);
        try {
          return { status: 1, results: call(args) };
        } catch (error) {
          const status = error instanceof RangeError ? 9 : (trapStatus(0, error) ?? tableStatus(error));
          if (status === undefined) throw error;
          return { status, results: [] };
        }
      },
      memory() {
        const { memory } = exports;
        return memory instanceof WebAssembly.Memory ? new Uint8Array(memory.buffer.slice(0)) : undefined;
      },
    };
  };
}

/** What V8 calls its own bulk instructions on tables when they go beyond an end: no instrumented module has them. */
function tableStatus(error: unknown): number | undefined {
  const isTable = error instanceof Error && /^(element segment|table).* out of bounds/.test(error.message);
  return isTable ? 7 : undefined;
}
