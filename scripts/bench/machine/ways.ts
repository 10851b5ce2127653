/** The ways to run a program natively that are compared: each gives what the program wrote. */
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { WASI } from "node:wasi";
import { createNativeRunner } from "../../../machine/src/native/create-native-runner.ts";
import { createNativeSpaces } from "../../../machine/src/native/spaces.ts";
import { inputFor, stdinFor } from "./kernels.ts";
import { runPlain } from "./plain.ts";

const FUEL = 2n ** 60n;

/** What the runner must know of a prepared module. */
interface MemoryLimits {
  program: { pages: number; maxPages: number };
}

/** Runs a program with a number of turns, in a new instance. */
export type Way = (turns: number) => Uint8Array;

/** The instrumented module on Millrace's native runner. */
export function throughMachine({ program }: MemoryLimits, module: WebAssembly.Module): Way {
  const { pages, maxPages } = program;
  const runner = createNativeRunner({ module, pages, maxPages }, createNativeSpaces());
  return (turns) => {
    const { status, output } = runner.run(inputFor(turns), FUEL);
    if (status !== 1) throw new Error(`the program ended with status ${status}`);
    return output;
  };
}

/** The module as it came, with the least host that can serve it. */
export function throughPlain(module: WebAssembly.Module): Way {
  return (turns) => runPlain({ module, stdin: stdinFor(turns) });
}

/** The module as it came, on Node's own WASI; its streams are files in `folder`. */
export function throughNodeWasi(module: WebAssembly.Module, folder: string): Way {
  const [inputFile, outputFile] = [join(folder, "stdin"), join(folder, "stdout")];
  return (turns) => {
    writeFileSync(inputFile, stdinFor(turns));
    const [stdin, stdout] = [openSync(inputFile, "r"), openSync(outputFile, "w")];
    try {
      const wasi = new WASI({ version: "preview1", args: ["program"], env: {}, stdin, stdout });
      const imports = wasi.getImportObject() as Record<string, Record<string, unknown>>;
      wasi.start(new WebAssembly.Instance(module, imports));
      return readFileSync(outputFile);
    } finally {
      closeSync(stdin);
      closeSync(stdout);
    }
  };
}
