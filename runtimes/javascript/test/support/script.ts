import { readRuntime } from "../../../test-support/runtime.ts";

export { encodeCall } from "../../../test-support/runtime.ts";
export type { Call, Limits } from "../../../test-support/runtime.ts";
export const { wasm: runtimeWasm, openScript } = readRuntime("javascript");
