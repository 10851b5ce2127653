import { readRuntime } from "../../../test-support/runtime.ts";
import type { Call } from "../../../test-support/runtime.ts";

export { encodeCall } from "../../../test-support/runtime.ts";
export type { Call } from "../../../test-support/runtime.ts";
export const { wasm: runtimeWasm, openScript } = readRuntime("python");

/** What a script prints whose handler answers with nothing; fails when it does not come to its end. */
export function printed(source: string, call?: Call): string {
  const { exitCode, status, log } = openScript(`${source}\ndef handler(request): pass\n`)(call);
  if (status !== 1 || exitCode !== 0)
    throw new Error(`It ended with status ${status}, exit code ${exitCode}: ${log}`);
  return log;
}
