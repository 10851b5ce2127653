import { MachineError } from "@millrace/machine";
import { SandboxError } from "./errors.ts";
import { forkPlain, lastWordsOf } from "./fork-plain.ts";
import type { PrepareAnswer, PreparedModule, PrepareRequest } from "./protocol.ts";

const TIMEOUT_MS = 60_000;

/**
 * Prepares a module in a process of its own.
 * @throws MachineError for what cannot be prepared
 * @throws SandboxError `start-failed` when the process cannot do it
 */
export async function prepareModule(request: PrepareRequest): Promise<PreparedModule> {
  const child = forkPlain("preparer.mjs");
  const lastWords = lastWordsOf(child);
  const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
  try {
    const answer = await new Promise<PrepareAnswer>((resolve, reject) => {
      child.once("message", (message) => resolve(message as PrepareAnswer));
      child.once("error", (error) => reject(failed(error.message)));
      child.once("close", (code, signal) =>
        reject(failed(`it ended by ${signal ?? String(code)}. ${lastWords()}`)),
      );
      child.send(request, () => undefined);
    });
    if (answer.type === "refused") throw new MachineError(answer.refusal);
    return answer.prepared;
  } finally {
    clearTimeout(timer);
    child.kill("SIGKILL");
  }
}

function failed(reason: string): SandboxError {
  return new SandboxError({
    code: "start-failed",
    message: `The process that prepares the module failed: ${reason}`.trim(),
    nextStep: "Check the free memory and the process limits of this machine, then try again.",
  });
}
