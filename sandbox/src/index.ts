export { readScriptModule } from "@millrace/machine";
export type { FunctionAnswer } from "./answer.ts";
export { SandboxError } from "./errors.ts";
export type { SandboxErrorCode } from "./errors.ts";
export { createSandboxes, openSandbox } from "./open-sandbox.ts";
export type {
  CallOutcome,
  CallRequest,
  CallResult,
  CreateSandboxesParameters,
  OpenSandboxParameters,
  Sandbox,
  Sandboxes,
  StderrLine,
} from "./types.ts";
