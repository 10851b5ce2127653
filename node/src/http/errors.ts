import { MillraceError, permissionStatuses } from "@millrace/sdk";
import type { FastifyReply, FastifyRequest } from "fastify";

/** The error shape of every Millrace service, with a few figures beside it where they help. */
interface ErrorBody {
  error: {
    code: string;
    message: string;
    nextStep?: string | undefined;
    requestId: string;
    exitCode?: number | undefined;
  };
}

export interface HttpErrorParameters {
  status: number;
  code: string;
  message: string;
  nextStep?: string | undefined;
  retryAfterSeconds?: number | undefined;
  exitCode?: number | undefined;
}

/** An answer that is an error, with its status. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: number;
  readonly code: string;
  readonly nextStep: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly exitCode: number | undefined;

  constructor({ status, code, message, nextStep, retryAfterSeconds, exitCode }: HttpErrorParameters) {
    super(message);
    this.status = status;
    this.code = code;
    this.nextStep = nextStep;
    this.retryAfterSeconds = retryAfterSeconds;
    this.exitCode = exitCode;
  }
}

/** Sends any error in the common shape; what nobody foresaw is logged and told as `internal` only. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = toHttpError(error);
  if (known.status >= 500 && known.code === "internal")
    request.log.error({ err: error, requestId: request.id }, "call failed");
  if (known.retryAfterSeconds !== undefined) void reply.header("retry-after", known.retryAfterSeconds);
  const { code, message, nextStep, exitCode } = known;
  const body: ErrorBody = { error: { code, message, nextStep, requestId: request.id, exitCode } };
  return reply.code(known.status).type("application/json; charset=utf-8").send(JSON.stringify(body));
}

/** The code an error is answered with. */
export function codeOf(error: unknown): string {
  return toHttpError(error).code;
}

function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof MillraceError && Object.hasOwn(permissionStatuses, error.code)) {
    const status = permissionStatuses[error.code as keyof typeof permissionStatuses];
    return new HttpError({ status, code: error.code, message: error.message, nextStep: error.nextStep });
  }
  const status = statusOf(error);
  if (status !== undefined && status < 500) {
    const message = error instanceof Error ? error.message : "The request is malformed.";
    return new HttpError({ status, code: "request-malformed", message, nextStep: "Correct the request." });
  }
  return new HttpError({
    status: 500,
    code: "internal",
    message: "The node failed in a way it did not foresee.",
    nextStep: "Call another worker, and tell the provider the request id.",
  });
}

/** Fastify's own errors carry the status they stand for. */
function statusOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("statusCode" in error)) return undefined;
  return typeof error.statusCode === "number" ? error.statusCode : undefined;
}
