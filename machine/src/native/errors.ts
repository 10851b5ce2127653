/** The host could not run a program; says nothing of the program. Never a result. */
export class HostFailure extends Error {
  override readonly name = "HostFailure";
  readonly reason: "memory" | "stack" | "unknown";

  constructor(reason: HostFailure["reason"], message: string, cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
  }
}

/** Tells what the host lacked when something was thrown that is no trap. */
export function hostFailure(error: unknown): HostFailure {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof RangeError)) return new HostFailure("unknown", message, error);
  return new HostFailure(message.includes("call stack") ? "stack" : "memory", message, error);
}
