/** Why the sandbox itself refuses to work. What a function does wrong is a result, never one of these. */
export type SandboxErrorCode = "closed" | "input-too-large" | "start-failed";

/** The sandbox was used wrongly or could not be started. */
export class SandboxError extends Error {
  override readonly name = "SandboxError";
  readonly code: SandboxErrorCode;
  readonly nextStep: string;

  constructor({ code, message, nextStep }: { code: SandboxErrorCode; message: string; nextStep: string }) {
    super(message);
    this.code = code;
    this.nextStep = nextStep;
  }
}
