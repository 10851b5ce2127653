import { encodeInput } from "../../src/call/encode-input.ts";
import type { CallInput } from "../../src/call/encode-input.ts";

/** Error numbers of WASI preview 1. */
export const ERRNO = { success: 0, badf: 8, fault: 21, inval: 28, nosys: 52, spipe: 70 };

/** The input of a call of which only some fields matter. */
export function makeInput(fields: Partial<CallInput> = {}): Uint8Array {
  const nothing = new Uint8Array(0);
  return encodeInput({
    ...{ args: [], env: [], acceptedAtMs: 0, seed: new Uint8Array(32), stdin: nothing, outputBytes: 2 ** 24 },
    ...fields,
  });
}
