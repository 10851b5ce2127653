import { MachineError, nameFunctions, prepare } from "@millrace/machine/prepare";
import type { PrepareAnswer, PrepareRequest } from "./protocol.ts";

// A process that prepares one module and ends: what preparing takes of memory, many times the module, is given back.

function answer({ wasm, maxPages }: PrepareRequest): PrepareAnswer {
  try {
    const { module, program, parts } = prepare(wasm, { maxPages });
    const { pages } = program;
    const prepared = { module: nameFunctions(wasm, module), parts, pages, maxPages: program.maxPages };
    return { type: "prepared", prepared };
  } catch (error) {
    if (!(error instanceof MachineError)) throw error;
    const { code, message, nextStep, offset, feature } = error;
    return { type: "refused", refusal: { code, message, nextStep, offset, feature } };
  }
}

process.on("message", (request: PrepareRequest) => process.send?.(answer(request)));
process.on("disconnect", () => process.exit());
