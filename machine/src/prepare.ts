import { commitmentOf, commitmentParts } from "./commitment.ts";
import type { Commitment, CommitmentParts } from "./commitment.ts";
import { MachineError } from "./errors.ts";
import type { Program } from "./program.ts";
import { decodeModule } from "./wasm/decode.ts";
import type { Module } from "./wasm/module.ts";
import { assembleProgram } from "./prepare/assemble.ts";
import { writeRun } from "./prepare/internal.ts";
import { Layout } from "./prepare/layout.ts";
import { Linker, newScope } from "./prepare/link.ts";
import type { LinkedFunction, UsedFeature } from "./prepare/link.ts";
import { encodeNativeModule } from "./prepare/native-module.ts";
import { walkFunction } from "./prepare/walk.ts";
import type { WalkedFunction } from "./prepare/walk.ts";
import { checkScript } from "./check-script.ts";
import { wasiShim } from "./wasi-shim.ts";

/** A module whose exports serve imports, each named `<module>.<name>`. What nothing reaches is left out. */
export interface Library {
  wasm: Uint8Array;
}

/** A function that is ready to run in both ways. */
export interface Prepared {
  /** The instrumented module, for V8. */
  module: Uint8Array;
  /** The lowered program, for the machine. */
  program: Program;
  /** The hash that stands for both in a deal. */
  commitment: Commitment;
  /** What `commitmentOf` makes the hash of, with any script. */
  parts: CommitmentParts;
  /** What the module's own code uses beyond WebAssembly 1.0, in alphabetical order. */
  features: readonly UsedFeature[];
}

/** Parameters of {@link prepare}. */
export interface PrepareParameters {
  /** Most pages of memory (64 KiB each). */
  maxPages: number;
  /** What imports are taken from besides WASI. */
  library?: Library;
  /** What the module runs as a runtime; it changes the program's data and the commitment, never the instrumented module. */
  script?: Uint8Array;
}

const EXIT = "wasi_snapshot_preview1.proc_exit";

/**
 * Prepares a module: validates it, merges in what it needs of the WASI shim, and writes both of its forms. The same bytes give the
 * same result on every machine.
 * @throws MachineError with the code, the offset and the next step, for the first thing that forbids it
 */
export function prepare(wasm: Uint8Array, { maxPages, library, script }: PrepareParameters): Prepared {
  if (script !== undefined) checkScript(script);
  const user = decodeModule(wasm);
  const libraries = [...(library === undefined ? [] : [library.wasm]), wasiShim().wasm];
  const linker = new Linker(user, libraries.map(decodeModule));
  linker.resolveImports();
  const layout = new Layout(linker);
  const run = addRun(linker, user);
  // Walking a function may reach further ones.
  const walked: WalkedFunction[] = [];
  for (let index = 0; index < linker.functions.length; index++) {
    const linked = linker.functions[index];
    if (linked !== undefined) walked.push(walkFunction(layout, linked));
  }
  for (const { kind, index } of user.exports) if (kind === "global") linker.globalAt(linker.user, index);
  const lowered = walked.map((one) => one.lowered);
  const assembled = assembleProgram({ layout, lowered, maxPages, run });
  const program = script === undefined ? assembled : { ...assembled, script };
  const bodies = walked.map(({ body }) => body);
  const module = encodeNativeModule({ layout, program, bodies, run });
  const features = [...linker.user.features].sort();
  const parts = commitmentParts(program, module);
  return { module, program, commitment: commitmentOf(parts, script), parts, features };
}

/** The function behind `run`: the start function, `_start`, exit 0; what there is of them. */
function addRun(linker: Linker, { exports, start, functions, types }: Module): LinkedFunction {
  const entry = exports.find(({ name, kind }) => name === "_start" && kind === "function");
  const type = types[functions[entry?.index ?? -1] ?? -1];
  const hasOther = (type?.params.length ?? 0) + (type?.results.length ?? 0) > 0;
  if (entry !== undefined && hasOther) {
    throw new MachineError({
      code: "no-start",
      message: "The module's function `_start` has parameters or results, so it is not a command program.",
      nextStep: "Build a program with a main function (a WASI command), not a library or reactor.",
      offset: entry.offset,
    });
  }
  const steps = [start, entry?.index]
    .filter((index) => index !== undefined)
    .map((index) => linker.functionAt(linker.user, index));
  steps.push(linker.named(EXIT));
  const run = linker.functionAt(newScope(writeRun(steps.length), "internal", steps), steps.length);
  if (run.kind !== "function") throw new Error("An internal function is a function.");
  return run;
}
