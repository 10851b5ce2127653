import { openSandbox } from "@millrace/sandbox";
import { failure } from "../errors.ts";
import type { BuiltModule } from "./project.ts";
import { shippedName } from "./runtime.ts";

/** Runtimes that compile their script and do nothing more where this variable is set (runtimes/python/README.md). */
const checking = new Set(["python"]);
const checkVariable = "MILLRACE_CHECK";

/**
 * Lets the runtime compile the script, if it is one that can do that alone: in the sandbox, as on a node.
 * @throws MillraceError `build-failed` with what the runtime says, which names the line
 */
export async function checkScript({
  module,
  manifest,
  runtime,
}: Pick<BuiltModule, "module" | "manifest" | "runtime">): Promise<void> {
  if (runtime === undefined || !checking.has((await shippedName(runtime)) ?? "")) return;
  const sandbox = await openSandbox({ module, runtime: runtime.wasm, threads: 1 });
  try {
    const request = { requestId: "check", method: "GET", path: "", query: "", headers: {} };
    const result = await sandbox.call({
      ...{ ...request, body: new Uint8Array(0), env: { [checkVariable]: "1" } },
    });
    if (result.exitCode === 0) return;
    throw failure("build-failed", `The script cannot be compiled: ${manifest.script ?? ""}`, {
      // The runtime knows no path.
      details:
        result.stderr.trim().replaceAll('File "handler.py"', `File "${manifest.script ?? ""}"`) ||
        result.message,
      nextStep: "Correct the line that it names and build again.",
    });
  } finally {
    await sandbox.close();
  }
}
