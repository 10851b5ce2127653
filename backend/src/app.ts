import { randomUUID } from "node:crypto";
import cors from "@fastify/cors";
import rateLimit from "@fastify/rate-limit";
import swagger from "@fastify/swagger";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import { MillraceError } from "@millrace/sdk";
import Fastify, { LogController, type FastifyBaseLogger } from "fastify";
import type { IncomingMessage } from "node:http";
import { answerBrokenConnection, answerBrokenRequest, registerErrors } from "./api/errors.ts";
import { registerBlobRoutes } from "./api/blobRoutes.ts";
import { registerDealRoutes } from "./api/dealRoutes.ts";
import { registerHealthRoute } from "./api/healthRoute.ts";
import { registerHistoryRoute } from "./api/historyRoute.ts";
import { registerLogRoutes } from "./api/logRoutes.ts";
import { registerMetricsRoute } from "./api/metricsRoute.ts";
import { registerNetworkRoutes } from "./api/networkRoutes.ts";
import { registerProbeRoute } from "./api/probeRoute.ts";
import { registerProposalRoutes } from "./api/proposalRoutes.ts";
import { registerProviderRoutes } from "./api/providerRoutes.ts";
import { registerSlashRoute } from "./api/slashRoute.ts";
import type { ApiParameters, App } from "./api/types.ts";

/** Callers may name a request by it, and find the name in the logs of everyone who had to do with it. */
const givenIdHeader = "x-request-id";
const requestIdHeader = "millrace-request-id";

const closeGraceMs = 5_000;

/**
 * Builds the HTTP server; whoever calls it listens, or injects.
 * @param parameters what the routes read from; nothing is opened or closed here
 */
export async function buildApp(parameters: ApiParameters): Promise<App> {
  const { limits } = parameters;
  const logger: FastifyBaseLogger = parameters.log;
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({
      disableRequestLogging: !limits.logRequests,
      requestIdLogLabel: "requestId",
    }),
    genReqId: requestId,
    trustProxy: limits.trustedProxies.length === 0 ? false : [...limits.trustedProxies],
    bodyLimit: 256 * 1024,
    requestTimeout: 120_000,
    forceCloseConnections: "idle",
    // Text of URLs becomes what the schema wants; see the quote's route for bodies.
    ajv: { customOptions: { coerceTypes: "array", removeAdditional: false, useDefaults: true } },
    routerOptions: { maxParamLength: 100 },
    frameworkErrors: answerBrokenRequest,
    clientErrorHandler: answerBrokenConnection,
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.addHook("onRequest", (request, reply, next) => {
    reply.header(requestIdHeader, request.id).header(givenIdHeader, request.id);
    next();
  });
  // Answers under way get this long at the end; a client that dawdles does not hold the process up.
  app.addHook("preClose", (done) => {
    setTimeout(() => app.server.closeAllConnections(), closeGraceMs).unref();
    done();
  });
  registerErrors(app);
  await app.register(cors, {
    methods: ["GET", "HEAD"],
    exposedHeaders: [requestIdHeader, givenIdHeader, "etag", "retry-after"],
    maxAge: 86_400,
  });
  await app.register(rateLimit, {
    max: limits.requestsPerMinute,
    timeWindow: "1 minute",
    errorResponseBuilder: (_request, { after, max }) => tooMany(max, after),
  });
  await registerOpenApi(app);
  registerMetricsRoute(app, parameters);
  registerHealthRoute(app, parameters);
  const { blobs } = parameters;
  if (blobs === undefined) return app;
  registerNetworkRoutes(app, parameters);
  registerProviderRoutes(app, parameters);
  registerDealRoutes(app, parameters);
  registerHistoryRoute(app, parameters);
  registerLogRoutes(app, parameters);
  registerProposalRoutes(app, parameters);
  registerSlashRoute(app, parameters);
  registerProbeRoute(app, parameters);
  await registerBlobRoutes(app, {
    blobs,
    maxBytes: limits.blobMaxBytes,
    uploadsPerMinute: limits.uploadsPerMinute,
  });
  return app;
}

async function registerOpenApi(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Millrace backend",
        version: "1",
        description:
          "What the chain says, indexed, and the modules by CID. Amounts are decimal strings in the token's smallest units, times unix seconds. Every answer says as of which block.",
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
    },
  });
  app.get("/v1/openapi.json", { schema: { hide: true } }, () => app.swagger());
}

/** The caller's id if it is a plausible one, so that both sides can search their logs for it. */
function requestId(request: IncomingMessage): string {
  const given = request.headers[givenIdHeader];
  return typeof given === "string" && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID();
}

function tooMany(max: number, after: string): MillraceError {
  return new MillraceError({
    code: "rate-limited",
    shortMessage: `More than ${max} requests in a minute came from your address.`,
    nextStep: `Wait ${after}.`,
    retryable: true,
  });
}
