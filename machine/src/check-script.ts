import { MAX_SCRIPT_BYTES } from "./data-space.ts";
import { MachineError } from "./errors.ts";

/**
 * Checks that a script can stand where a runtime looks for it.
 * @throws MachineError `invalid-script`
 */
export function checkScript(script: Uint8Array): void {
  if (script.length === 0) throw invalidScript("The script is empty.");
  if (script.length > MAX_SCRIPT_BYTES) {
    const most = MAX_SCRIPT_BYTES / 2 ** 20;
    throw invalidScript(`The script has ${script.length} bytes; at most ${most} MiB fit.`);
  }
}

/** The error for a script that cannot be used. */
export function invalidScript(message: string, offset?: number): MachineError {
  return new MachineError({
    code: "invalid-script",
    message,
    nextStep: "Build it with `millrace function build` from a project that names `runtime` and `script`.",
    offset,
  });
}
