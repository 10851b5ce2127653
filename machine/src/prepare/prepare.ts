import { MachineError } from "../errors.ts";
import type { Program } from "../program.ts";
import { decodeModule } from "../wasm/decode.ts";
import type { Module } from "../wasm/module.ts";
import { assembleProgram } from "./assemble.ts";
import { writeRun } from "./internal.ts";
import { Layout } from "./layout.ts";
import { Linker, newScope } from "./link.ts";
import type { LinkedFunction } from "./link.ts";
import { encodeNativeModule } from "./native-module.ts";
import { walkFunction } from "./walk.ts";

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
}

/** Parameters of {@link prepareModule}. */
interface PrepareParameters {
  /** Most pages of memory (64 KiB each). */
  maxPages: number;
  /** Where imports and bulk operations come from; the first that has a name serves it. */
  libraries: readonly Library[];
}

const EXIT = "wasi_snapshot_preview1.proc_exit";

/**
 * Prepares a module: validates it, merges in what it needs of the libraries, and writes both of its forms.
 * @throws MachineError with the code, the offset and the next step, for the first thing that forbids it
 */
export function prepareModule(wasm: Uint8Array, { maxPages, libraries }: PrepareParameters): Prepared {
  const user = decodeModule(wasm);
  const linker = new Linker(
    user,
    libraries.map((library) => decodeModule(library.wasm)),
  );
  linker.resolveImports();
  const layout = new Layout(linker);
  const run = addRun(linker, user);
  // Walking a function may reach further ones.
  const walked = [];
  for (let index = 0; index < linker.functions.length; index++) {
    const linked = linker.functions[index];
    if (linked !== undefined) walked.push(walkFunction(layout, linked));
  }
  for (const { kind, index } of user.exports) if (kind === "global") linker.globalAt(linker.user, index);
  const lowered = walked.map((one) => one.lowered);
  const program = assembleProgram({ layout, lowered, maxPages, run });
  const bodies = walked.map(({ body }) => body);
  return { module: encodeNativeModule({ layout, program, bodies, run }), program };
}

/** The function behind `run`: start function, `_start`, exit 0. */
function addRun(linker: Linker, { exports, start, functions, types }: Module): LinkedFunction | undefined {
  const entry = exports.find(({ name, kind }) => name === "_start" && kind === "function");
  if (entry === undefined) return undefined;
  const type = types[functions[entry.index] ?? 0];
  if ((type?.params.length ?? 0) + (type?.results.length ?? 0) > 0) {
    throw new MachineError({
      code: "no-start",
      message: "The module's function `_start` has parameters or results, so it is not a command program.",
      nextStep: "Build a program with a main function (a WASI command), not a library or reactor.",
      offset: entry.offset,
    });
  }
  const steps = [
    ...(start === undefined ? [] : [linker.functionAt(linker.user, start)]),
    linker.functionAt(linker.user, entry.index),
    linker.named(EXIT),
  ];
  const run = linker.functionAt(newScope(writeRun(steps.length), "internal", steps), steps.length);
  return run.kind === "function" ? run : undefined;
}
