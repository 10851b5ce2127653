import { MillraceError } from "@millrace/sdk";
import type { FastifyInstance } from "fastify";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { Type } from "typebox";
import { Value } from "typebox/value";
import type { AttendanceRelay } from "../attendance/relay.ts";
import type { BodyBudget } from "./bodyBudget.ts";
import { HttpError } from "./errors.ts";
import { readBody } from "./readBody.ts";

const largestBytes = 1024;
/** Each may ask the chain, so one address does not get to ask for more. */
const handedPerMinute = 120;

const uint32 = Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1 });
const word = Type.TemplateLiteral("0x${string}");
const handedSchema = Type.Object({ node: uint32, epoch: uint32, r: word, vs: word });

/** HTTP status of what a relay refuses. */
const statuses: Record<string, number> = {
  "attendance-epoch-other": 409,
  "attendance-not-ours": 403,
  "attendance-not-signed": 403,
};

export interface AttendanceRouteParameters {
  /** undefined: this node does not bring what others sign, or has not reached the chain */
  relay: () => AttendanceRelay | undefined;
  budget: BodyBudget;
}

/** Adds `POST /v1/attendances`, by which other nodes of the provider hand this one what they signed. */
export function addAttendanceRoute(app: FastifyInstance, { relay, budget }: AttendanceRouteParameters): void {
  const limiter = new RateLimiterMemory({ points: handedPerMinute, duration: 60 });
  app.route({
    method: "POST",
    url: "/v1/attendances",
    handler: async (request, reply) => {
      const open = relay();
      if (open === undefined) throw notRelayed();
      await limiter.consume(request.ip).catch(() => {
        throw tooMany();
      });
      const body = await readBody(request.raw, largestBytes, budget);
      const handed = parse(body.bytes);
      body.release();
      if (!Value.Check(handedSchema, handed)) throw malformed();
      await open.take(handed).catch((error: unknown) => {
        throw toHttpError(error);
      });
      return reply.code(202).send({ taken: true });
    },
  });
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function toHttpError(error: unknown): HttpError {
  const status = error instanceof MillraceError ? statuses[error.code] : undefined;
  if (status === undefined || !(error instanceof MillraceError)) return chainMissing();
  const { code, shortMessage: message, nextStep } = error;
  return new HttpError({ status, code, message, nextStep });
}

function notRelayed(): HttpError {
  return new HttpError({
    status: 404,
    code: "attendance-not-relayed",
    message: "This node brings no attendances of others to the chain, or has not reached it yet.",
    nextStep: "Set relayAttendances to true in its node.json.",
  });
}

function malformed(): HttpError {
  return new HttpError({
    status: 400,
    code: "attendance-malformed",
    message: "The body is not an attendance: node, epoch, r and vs.",
    nextStep: "Send what signAttendance of the SDK gives, and the epoch.",
  });
}

function tooMany(): HttpError {
  return new HttpError({
    status: 429,
    code: "attendance-rate",
    message: `More than ${handedPerMinute} attendances a minute came from this address.`,
    nextStep: "Send each node's once an epoch.",
    retryAfterSeconds: 60,
  });
}

function chainMissing(): HttpError {
  return new HttpError({
    status: 503,
    code: "chain-unreachable",
    message: "The chain could not be asked who speaks for the node.",
    nextStep: "Try again, or attend with a transaction of its own.",
    retryAfterSeconds: 5,
  });
}
