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
