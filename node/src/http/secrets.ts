import { type Chain, MillraceError, type SecretEntry } from "@millrace/sdk";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { Value } from "typebox/value";
import { handoverSchema, isWorkerNow } from "../secrets/peers.ts";
import type { SecretKeeper } from "../secrets/secretKeeper.ts";
import type { BodyBudget } from "./bodyBudget.ts";
import { parseDeal } from "./dealId.ts";
import { HttpError } from "./errors.ts";
import { type OwnedDeals, requireOwned } from "./ownedDeals.ts";
import type { OwnerCheck } from "./ownerCheck.ts";
import { readBody } from "./readBody.ts";

/** All secrets at their largest, and what escapes and removals add. */
const largestPutBytes = 1024 * 1024;
const largestHandoverBytes = 4096;
/** Each asks the chain, so one address does not get to ask for more. */
const handoversPerMinute = 60;

/** HTTP status of what a node answers about secrets. */
const statuses: Record<string, number> = {
  "secrets-not-for-this-key": 400,
  "secrets-malformed": 400,
  "secrets-too-many": 400,
  "secret-name-invalid": 400,
  "secret-name-reserved": 400,
  "secret-value-invalid": 400,
  "secret-too-large": 400,
  "secret-version-ahead": 400,
  "secret-not-signed": 403,
};

export interface SecretRouteParameters extends OwnedDeals {
  secrets: SecretKeeper;
  owners: OwnerCheck;
  budget: BodyBudget;
  /** undefined before the node has reached it */
  chain: () => Chain | undefined;
}

/** Adds `PUT` and `GET /v1/deals/<id>/secrets` for the deal's owner, and `POST …/handover` for its other workers. */
export function addSecretRoutes(app: FastifyInstance, parameters: SecretRouteParameters): void {
  const url = "/v1/deals/:deal/secrets";
  const limiter = new RateLimiterMemory({ points: handoversPerMinute, duration: 60 });
  app.route({ method: "GET", url, handler: (request, reply) => list(request, reply, parameters) });
  app.route({ method: "PUT", url, handler: (request, reply) => put(request, reply, parameters) });
  app.route({
    method: "POST",
    url: `${url}/handover`,
    handler: async (request, reply) => {
      await limiter.consume(request.ip).catch(() => {
        throw tooManyHandovers();
      });
      return handOver(request, reply, parameters);
    },
  });
}

async function list(
  request: FastifyRequest,
  reply: FastifyReply,
  parameters: SecretRouteParameters,
): Promise<FastifyReply> {
  const owned = requireOwned(parameters, parseDeal(request.params));
  await parameters.owners.admit(owned, request, new Uint8Array());
  return answer(reply, await parameters.secrets.entries(owned));
}

async function put(
  request: FastifyRequest,
  reply: FastifyReply,
  parameters: SecretRouteParameters,
): Promise<FastifyReply> {
  const { owners, secrets, budget } = parameters;
  const owned = requireOwned(parameters, parseDeal(request.params));
  const body = await readBody(request.raw, largestPutBytes, budget);
  let held: SecretEntry[];
  try {
    await owners.admit(owned, request, body.bytes);
    held = await secrets.put(owned, body.bytes);
  } catch (error) {
    throw toHttpError(error);
  } finally {
    body.release();
  }
  return answer(reply, held);
}

function answer(reply: FastifyReply, items: SecretEntry[]): FastifyReply {
  return reply.header("cache-control", "no-store").send({ items });
}

/** Who has nothing says so to anybody; what there is goes to nobody but a worker of the deal, sealed to its key. */
async function handOver(
  request: FastifyRequest,
  reply: FastifyReply,
  parameters: SecretRouteParameters,
): Promise<FastifyReply> {
  const { secrets, budget } = parameters;
  const deal = parseDeal(request.params);
  const body = await readBody(request.raw, largestHandoverBytes, budget);
  const handover = parse(body.bytes);
  body.release();
  if (!Value.Check(handoverSchema, handover)) throw malformed();
  if (!secrets.hasAny(deal)) return reply.code(204).send();
  const owned = requireOwned(parameters, deal);
  const chain = parameters.chain();
  if (chain === undefined) throw chainMissing();
  const isWorker = await isWorkerNow(chain, { deal, handover }).catch((cause: unknown) => {
    request.log.warn({ err: cause, deal: deal.toString() }, "the chain could not be asked for a worker");
    throw chainMissing();
  });
  if (!isWorker) throw notWorker(deal, handover.node);
  const sealed = await secrets.sealFor(owned, handover.encryption.publicKey).catch((error: unknown) => {
    throw error instanceof MillraceError ? malformed() : error;
  });
  return reply.header("cache-control", "no-store").type("application/octet-stream").send(Buffer.from(sealed));
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function toHttpError(error: unknown): unknown {
  if (!(error instanceof MillraceError)) return error;
  const status = statuses[error.code];
  if (status === undefined) return error;
  return new HttpError({ status, code: error.code, message: error.message, nextStep: error.nextStep });
}

function malformed(): HttpError {
  return new HttpError({
    status: 400,
    code: "handover-malformed",
    message: "The request names no node with a usable encryption key signed by its operator.",
    nextStep: "Send node and encryption as /v1/status shows them.",
  });
}

function notWorker(deal: bigint, node: number): HttpError {
  return new HttpError({
    status: 403,
    code: "handover-refused",
    message: `As far as this node knows, node ${node} is no worker of deal ${deal.toString()} with this operator now.`,
    nextStep: "Try again after the next block.",
  });
}

function chainMissing(): HttpError {
  return new HttpError({
    status: 503,
    code: "chain-unreachable",
    message: "This node cannot ask its chain who the deal's workers are.",
    nextStep: "Try again in a second or ask another worker.",
    retryAfterSeconds: 1,
  });
}

function tooManyHandovers(): HttpError {
  return new HttpError({
    status: 429,
    code: "handover-rate",
    message: `This node answers ${handoversPerMinute} handovers a minute to one address.`,
    nextStep: "Try again in a minute.",
    retryAfterSeconds: 60,
  });
}
