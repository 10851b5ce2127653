/** Everything a test needs to run one module in every way. */
import { prepare } from "../../src/prepare.ts";
import type { Library, Prepared } from "../../src/prepare.ts";
import type { Instance, InstanceParameters } from "./instance.ts";
import { createInterpreterPath } from "./interpreter.ts";
import { createNativePath } from "./native.ts";
import { createPlainPath } from "./plain.ts";
import { openAssembler } from "./wat.ts";

const MAX_PAGES = 1_024;

/** The ways to run a module. */
export interface Paths {
  /** WebAssembly text to a module. */
  assemble: (text: string) => Uint8Array;
  /** Imports come from the library, if one is given, and from the WASI shim. */
  prepare: (wasm: Uint8Array, library?: Library, maxPages?: number) => Prepared;
  native: (prepared: Prepared, parameters?: InstanceParameters) => Instance;
  interpreter: (prepared: Prepared, parameters?: InstanceParameters) => Instance;
  plain: ReturnType<typeof createPlainPath>;
}

/** Opens them. */
export async function openPaths(): Promise<Paths> {
  return {
    assemble: await openAssembler(),
    prepare: (wasm, library, maxPages = MAX_PAGES) =>
      prepare(wasm, library === undefined ? { maxPages } : { maxPages, library }),
    native: createNativePath(),
    interpreter: createInterpreterPath(),
    plain: createPlainPath(),
  };
}
