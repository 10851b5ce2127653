import type { CallResult } from "@millrace/sandbox";
import { HttpError } from "./errors.ts";

const seeLog = "Look the request id up in the deal's log.";

/** What a call that did not end well is answered with; `ok` has none. */
const refusals: Record<
  Exclude<CallResult["outcome"], "ok">,
  { status: number; code: string; message: string; nextStep: string }
> = {
  exit: {
    status: 500,
    code: "function-failed",
    message: "The function ended with an exit code other than 0.",
    nextStep: seeLog,
  },
  "malformed-answer": {
    status: 502,
    code: "function-answer-malformed",
    message: "The function's answer does not begin with the headers that it announces.",
    nextStep: seeLog,
  },
  trap: { status: 500, code: "function-trapped", message: "The function crashed.", nextStep: seeLog },
  stack: {
    status: 500,
    code: "function-stack-exhausted",
    message: "The function's calls are nested too deeply.",
    nextStep: "Send less work, or let the function recurse less.",
  },
  "out-of-fuel": {
    status: 500,
    code: "function-out-of-fuel",
    message: "The function used up its fuel.",
    nextStep:
      "Send less work, give the call a higher limit, or raise limits.fuel in millrace.json and deploy again.",
  },
  timeout: {
    status: 504,
    code: "function-timeout",
    message: "The function took longer than its time limit.",
    nextStep: "Send less work, or raise limits.timeoutMs in millrace.json and deploy again.",
  },
  memory: {
    status: 500,
    code: "function-out-of-memory",
    message: "The function used more memory than its limit.",
    nextStep: "Send less work, or raise limits.memoryMiB in millrace.json and deploy again.",
  },
  "output-too-large": {
    status: 502,
    code: "function-output-too-large",
    message: "The function wrote more output than its limit.",
    nextStep: "Ask for less, or raise limits.outputMiB in millrace.json and deploy again.",
  },
  crash: {
    status: 500,
    code: "sandbox-crashed",
    message: "The function's process died during the call.",
    nextStep: "Try again; if it stays so, look the request id up in the deal's log.",
  },
};

/**
 * The error a call's result is answered with.
 *
 * @returns undefined for a call that ended well
 */
export function errorOf({ outcome, exitCode, message }: CallResult): HttpError | undefined {
  if (outcome === "ok") return undefined;
  const refusal = refusals[outcome];
  const code = outcome === "exit" ? { exitCode } : {};
  return new HttpError({ ...refusal, message: message ?? refusal.message, ...code });
}
