import { MillraceError } from "@millrace/sdk";

/** HTTP status of each answer that no node gave. */
const statuses: Readonly<Record<string, number>> = {
  "route-unknown": 404,
  "deal-id-invalid": 400,
  "request-invalid": 400,
  "method-unsupported": 405,
  "function-name-wrong": 404,
  "deals-unknown": 404,
  "no-workers": 503,
  "no-worker-answered": 503,
  "call-interrupted": 502,
  "call-timeout": 504,
  "deal-queue-full": 429,
  "deal-queue-slow": 429,
  "body-incomplete": 400,
  "body-slow": 408,
  "gateway-draining": 503,
  "rpc-unreachable": 503,
  "wrong-chain": 503,
  "contracts-missing": 503,
};

/** HTTP status of an error; what is not foreseen is 500. */
export function statusOf({ code }: MillraceError): number {
  return statuses[code] ?? 500;
}

/** Seconds after which trying again makes sense; undefined where it does not. */
export function retryAfterOf(error: MillraceError): number | undefined {
  const status = statusOf(error);
  return status === 429 || status === 503 ? 1 : undefined;
}

export function routeUnknown(method: string, url: string): MillraceError {
  return new MillraceError({
    code: "route-unknown",
    shortMessage: `There is no ${method} ${url.slice(0, 200)} here.`,
    nextStep: "A function is called at /run/<deal>/<path>.",
  });
}

export function dealIdInvalid(text: string): MillraceError {
  return new MillraceError({
    code: "deal-id-invalid",
    shortMessage: `"${text}" is no deal: a deal's id is a whole number from 1.`,
    nextStep: "See your deals: millrace deal list",
  });
}

export function requestInvalid(reason: string): MillraceError {
  return new MillraceError({
    code: "request-invalid",
    shortMessage: `The request can't be passed on: ${reason}.`,
    nextStep: "Send plain HTTP header values and an escaped path.",
  });
}

export function methodUnsupported(method: string): MillraceError {
  return new MillraceError({
    code: "method-unsupported",
    shortMessage: `Functions are not called with ${method}.`,
    nextStep: "Use GET, HEAD, POST, PUT, PATCH or DELETE.",
  });
}

/** @param rightLabel the function's name as host names have it */
export function nameWrong(deal: bigint, label: string, rightLabel: string): MillraceError {
  return new MillraceError({
    code: "function-name-wrong",
    shortMessage: `The function of deal ${deal.toString()} is not "${label}" but "${rightLabel}".`,
    nextStep: `Use the host name ${rightLabel}-${deal.toString()} or ${deal.toString()} before the gateway's own.`,
  });
}

export function noWorkers(deal: bigint): MillraceError {
  return new MillraceError({
    code: "no-workers",
    shortMessage: `Deal ${deal.toString()} has no worker now.`,
    nextStep: `See why: millrace deal show ${deal.toString()}`,
    retryable: true,
  });
}

/** @param reasons what each node said, in order */
export function noWorkerAnswered(deal: bigint, reasons: readonly string[]): MillraceError {
  const said = [...new Set(reasons)].join(" ");
  return new MillraceError({
    code: "no-worker-answered",
    shortMessage: `None of the workers of deal ${deal.toString()} answered. ${said}`.trim(),
    nextStep: `Try again in a second, or see its workers: millrace deal show ${deal.toString()}`,
    retryable: true,
  });
}

export function interrupted(node: number, reason: string): MillraceError {
  return new MillraceError({
    code: "call-interrupted",
    shortMessage: `The connection to node ${node} broke before its answer (${reason}); the function may have run.`,
    nextStep:
      "Call again if that does no harm; with the header millrace-idempotent: true the gateway does so.",
    retryable: true,
  });
}

export function callTimeout(node: number): MillraceError {
  return new MillraceError({
    code: "call-timeout",
    shortMessage: `Node ${node} did not answer in time; the function may have run.`,
    nextStep: "Give the function less work, or call another deal.",
    retryable: true,
  });
}

export function queueFull(deal: bigint): MillraceError {
  return new MillraceError({
    code: "deal-queue-full",
    shortMessage: `As many calls of deal ${deal.toString()} run and wait here as this gateway takes.`,
    nextStep: "Try again in a second.",
    retryable: true,
  });
}

export function queueSlow(deal: bigint): MillraceError {
  return new MillraceError({
    code: "deal-queue-slow",
    shortMessage: `The call waited too long for other calls of deal ${deal.toString()}.`,
    nextStep: "Try again in a second.",
    retryable: true,
  });
}

export function bodyIncomplete(): MillraceError {
  return new MillraceError({
    code: "body-incomplete",
    shortMessage: "The request ended before its body was complete.",
    nextStep: "Send it again.",
  });
}

export function bodySlow(): MillraceError {
  return new MillraceError({
    code: "body-slow",
    shortMessage: "The request's body stopped arriving.",
    nextStep: "Send it again without pauses.",
  });
}

/** What nobody foresaw is told as such; the cause stays in the log. */
export function internal(cause: unknown): MillraceError {
  return new MillraceError({
    code: "internal",
    shortMessage: "The gateway failed in a way it did not foresee.",
    nextStep: "Try again; if it stays, give the request id to the gateway's operator.",
    cause,
  });
}
