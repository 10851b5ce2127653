// What a thread needs that runs prepared modules, and nothing else of this package: `@millrace/machine/native`.
export { readStderr, resetOutput, STDERR_BYTES } from "../call/read-result.ts";
export type { MachineResult } from "../call/read-result.ts";
export { encodeInput } from "../call/encode-input.ts";
export type { CallInput } from "../call/encode-input.ts";
export { status } from "../status.ts";
export { createNativeRunner } from "./create-native-runner.ts";
export type { CompiledModule, NativeResult, NativeRunner } from "./create-native-runner.ts";
export { HostFailure } from "./errors.ts";
export { createNativeSpaces, createOutputMemory } from "./spaces.ts";
export type { NativeSpaces } from "./spaces.ts";
