import { MachineError } from "../errors.ts";

/** The features of WebAssembly that are refused, by the names of docs/machine.md. */
export type Feature =
  | "simd"
  | "threads"
  | "reference-types"
  | "exceptions"
  | "tail-calls"
  | "gc"
  | "typed-function-references"
  | "memory64"
  | "multi-memory"
  | "extended-const"
  | "custom-page-sizes";

/** The error for a module that uses a feature which the machine does not have. */
export function unsupported(feature: Feature, what: string, offset: number): MachineError {
  return new MachineError({
    code: "unsupported-feature",
    message: `The module uses ${what} at offset ${offset} (${feature}), which is not supported.`,
    nextStep: `Build without the WebAssembly feature ${feature}; C, C++, Rust and AssemblyScript have an option for it.`,
    offset,
    feature,
  });
}

/** The error for a module that V8 would not accept either. */
export function invalid(message: string, offset: number): MachineError {
  return new MachineError({
    code: "invalid",
    message: `The module is not valid: ${message}, at offset ${offset}.`,
    nextStep: "Build the module again; if a tool changed it after the compiler, leave that out.",
    offset,
  });
}

/** The error for a module that is too large in some respect. */
export function overLimit(message: string, offset?: number): MachineError {
  return new MachineError({
    code: "limit",
    message: `The module is over a limit: ${message}.`,
    nextStep:
      "Build a smaller program: optimise for size, leave out what is not needed, split long functions.",
    offset,
  });
}
