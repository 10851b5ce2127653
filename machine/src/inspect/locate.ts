import type { Program } from "../program.ts";
import { decodeModule } from "../wasm/decode.ts";
import { readFunctionNames } from "../wasm/function-names.ts";

/** The function in which an instruction stands. */
export interface Place {
  /** Where the function begins. */
  pc: number;
  /** Its index in the module; undefined for what preparing adds: the WASI shim and the entry. */
  index: number | undefined;
  /** Its name in the module's name section, or else the one under which it is exported, if there is one. */
  name: string | undefined;
}

const ENTER = 0x01;
const INSTRUCTION_BYTES = 16;

/**
 * Finds the function in which the instruction at a pc stands: every one begins with ENTER, and the module's own come first, in
 * their order.
 * @param wasm the module that the program was made of
 * @returns undefined for what stands in no function: before the first one, and behind the end of the program
 * @throws MachineError for a module that cannot be prepared
 */
export function locate(wasm: Uint8Array, program: Program, pc: number): Place | undefined {
  if (pc * INSTRUCTION_BYTES >= program.code.length) return undefined;
  let begin = 0;
  let number = -1;
  for (let at = 0; at <= pc; at++) {
    if (program.code[at * INSTRUCTION_BYTES] !== ENTER) continue;
    begin = at;
    number++;
  }
  if (number < 0) return undefined;
  const { importedFunctions, bodies, exports } = decodeModule(wasm);
  if (number >= bodies.length) return { pc: begin, index: undefined, name: undefined };
  const index = importedFunctions + number;
  const named = readFunctionNames(wasm).find(([at]) => at === index)?.[1];
  const exported = exports.find((each) => each.kind === "function" && each.index === index)?.name;
  return { pc: begin, index, name: named ?? exported };
}
