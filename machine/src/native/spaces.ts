import { DATA_PAGES, encodeScript, SCRIPT_ADDRESS } from "../data-space.ts";

/** Pages of the memories behind the input and the output space: 32 MiB. */
const SPACE_PAGES = 512;
/** The memories behind a program's input and output spaces, which one run after the other uses. */
export interface NativeSpaces {
  input: WebAssembly.Memory;
  /** Shared, so that what a program said can be read when its thread has been killed. */
  output: WebAssembly.Memory;
}

/** Makes the memory of an output space. */
export function createOutputMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: SPACE_PAGES, maximum: SPACE_PAGES, shared: true });
}

/** Makes the spaces of one thread. @param output the output space, if it lives longer than the thread */
export function createNativeSpaces(output = createOutputMemory()): NativeSpaces {
  return { input: new WebAssembly.Memory({ initial: SPACE_PAGES, maximum: SPACE_PAGES }), output };
}

/** Makes the memory of a program's data space, in which its script stands. */
export function createDataMemory(script: Uint8Array | undefined): WebAssembly.Memory {
  const memory = new WebAssembly.Memory({ initial: DATA_PAGES, maximum: DATA_PAGES });
  new Uint8Array(memory.buffer).set(encodeScript(script), SCRIPT_ADDRESS);
  return memory;
}
