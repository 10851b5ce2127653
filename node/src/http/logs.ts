import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import type { DealLogs } from "../runtime/dealLogs.ts";
import { parseDeal } from "./dealId.ts";
import { HttpError } from "./errors.ts";
import { type OwnedDeals, requireOwned } from "./ownedDeals.ts";
import type { OwnerCheck } from "./ownerCheck.ts";

const defaultLimit = 100;
const querySchema = Type.Object(
  {
    after: Type.Optional(Type.String({ pattern: "^\\d{1,15}$" })),
    limit: Type.Optional(Type.String({ pattern: "^([1-9]\\d{0,2}|1000)$" })),
    request: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  },
  { additionalProperties: false },
);

export interface LogRouteParameters extends OwnedDeals {
  logs: DealLogs;
  owners: OwnerCheck;
}

/** Adds `GET /v1/deals/<id>/logs?after=&limit=&request=` for the deal's owner. */
export function addLogRoutes(app: FastifyInstance, { logs, owners, assignmentOf }: LogRouteParameters): void {
  app.route({
    method: "GET",
    url: "/v1/deals/:deal/logs",
    handler: async (request: FastifyRequest, reply: FastifyReply) => {
      const owned = requireOwned({ assignmentOf }, parseDeal(request.params));
      const { after, limit, request: wanted } = parseQuery(request.query);
      await owners.admit(owned, request, new Uint8Array());
      const items = await logs.of(owned.deal).read({
        after: after === undefined ? undefined : Number(after),
        limit: limit === undefined ? defaultLimit : Number(limit),
        request: wanted,
      });
      return reply.header("cache-control", "no-store").send({ items });
    },
  });
}

function parseQuery(query: unknown): Static<typeof querySchema> {
  if (Value.Check(querySchema, query)) return query;
  throw new HttpError({
    status: 400,
    code: "query-invalid",
    message: "The query takes after (a line's number), limit (1 to 1000) and request (a request's id).",
    nextStep: "Correct the query.",
  });
}
