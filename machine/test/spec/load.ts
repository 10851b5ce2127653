/** Prepares a module of the suite and makes an instance of it on both paths. */
import { MachineError } from "../../src/errors.ts";
import type { Prepared } from "../../src/prepare.ts";
import type { CutModule } from "./cut-references.ts";
import type { Instance } from "../paths/instance.ts";

/** The features that docs/machine.md says are refused, and `limit`. */
const REFUSED = new Set([
  ...["simd", "threads", "reference-types", "exceptions", "tail-calls", "gc", "typed-function-references"],
  ...["memory64", "multi-memory", "extended-const", "custom-page-sizes", "limit"],
]);

/** Refusals that only say how large something is. */
const LIMITS = new Map([
  ["limit", "limit"],
  ["memory-too-large", "limit"],
]);

/** What the suite is run on. */
export interface Engines {
  cut: (wasm: Uint8Array) => CutModule | undefined;
  /** WebAssembly text to a module. */
  assemble: (text: string) => Uint8Array;
  prepare: (wasm: Uint8Array) => Prepared;
  native: (prepared: Prepared) => Instance;
  interpreter: (prepared: Prepared) => Instance;
}

/** A module that can be called, that a listed feature keeps out, or that was refused. */
export type Loaded =
  | {
      kind: "ready";
      native: Instance;
      interpreter: Instance;
      /** exports that were cut out, since they use reference types */
      cutExports?: ReadonlySet<string>;
    }
  | { kind: "unusable"; feature: string }
  | { kind: "refused"; message: string };

/** Prepares and instantiates; start functions are not run yet. `registered` are the names of modules that others may import from. */
export function loadModule(wasm: Uint8Array, engines: Engines, registered: ReadonlySet<string>): Loaded {
  if (importsFrom(wasm, registered)) return { kind: "unusable", feature: "linking" };
  let prepared: Prepared;
  try {
    prepared = engines.prepare(wasm);
  } catch (error) {
    const feature = error instanceof MachineError ? (error.feature ?? LIMITS.get(error.code) ?? "") : "";
    if (REFUSED.has(feature)) return { kind: "unusable", feature };
    return { kind: "refused", message: describe(error) };
  }
  try {
    return {
      kind: "ready",
      native: engines.native(prepared),
      interpreter: engines.interpreter(prepared),
    };
  } catch (error) {
    // Everything that can go wrong with a module must be found when it is prepared.
    return { kind: "refused", message: `was prepared, but cannot be instantiated: ${describe(error)}` };
  }
}

/** The same, without the functions that use reference types, where nothing else of the module does. */
export function loadUsable(wasm: Uint8Array, engines: Engines, registered: ReadonlySet<string>): Loaded {
  const loaded = loadModule(wasm, engines, registered);
  if (loaded.kind !== "unusable" || loaded.feature !== "reference-types") return loaded;
  const cut = engines.cut(wasm);
  const rest = cut === undefined ? loaded : loadModule(cut.wasm, engines, registered);
  return cut !== undefined && rest.kind === "ready" ? { ...rest, cutExports: cut.cutExports } : loaded;
}

/** A refusal of `prepare` counts as one; any other error is a fault of ours. */
export function isRefusal(loaded: Loaded): boolean {
  return loaded.kind === "refused" && loaded.message.startsWith("MachineError ");
}

function describe(error: unknown): string {
  if (error instanceof MachineError) return `MachineError ${error.code}: ${error.message}`;
  return error instanceof Error
    ? (error.stack ?? error.message).split("\n").slice(0, 2).join("; ")
    : String(error);
}

/** Whether the module imports from one of the names. V8 lists the imports; what it cannot compile imports nothing here. */
function importsFrom(wasm: Uint8Array, names: ReadonlySet<string>): boolean {
  if (names.size === 0) return false;
  try {
    return WebAssembly.Module.imports(new WebAssembly.Module(wasm)).some(({ module }) => names.has(module));
  } catch {
    return false;
  }
}
