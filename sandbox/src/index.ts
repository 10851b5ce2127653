export { encodeCall } from "./encode-call.ts";
export type { EncodedCall } from "./encode-call.ts";
export { SandboxError } from "./errors.ts";
export type { SandboxErrorCode } from "./errors.ts";
export { openSandbox } from "./open-sandbox.ts";
export type {
  CallOutcome,
  CallRequest,
  CallResult,
  OpenSandboxParameters,
  Sandbox,
  StderrLine,
} from "./types.ts";
