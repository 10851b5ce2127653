import { callHeaders } from "@millrace/sdk";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import type { Logger } from "pino";
import type { ModuleStore } from "../artifacts/moduleStore.ts";
import { addAttendanceRoute, type AttendanceRouteParameters } from "./attendances.ts";
import { addBlobRoute } from "./blobs.ts";
import { addCallRoutes, type CallRouteParameters } from "./call.ts";
import { HttpError, sendError } from "./errors.ts";
import { addLogRoutes, type LogRouteParameters } from "./logs.ts";
import { requestIdFrom } from "./requestId.ts";
import { addMetricsRoute, type Metrics } from "./metrics.ts";
import { addSecretRoutes, type SecretRouteParameters } from "./secrets.ts";
import { addStatusRoutes, type NodeStatus } from "./status.ts";
import type { ServerCertificate } from "./tls.ts";

/** Time a caller has to send a whole request. */
const requestTimeoutMs = 60_000;

export interface AppParameters
  extends CallRouteParameters, SecretRouteParameters, LogRouteParameters, AttendanceRouteParameters {
  nodeId: number;
  store: ModuleStore;
  status: () => NodeStatus;
  metrics: Metrics;
  /** with it the API is served by TLS */
  certificate?: ServerCertificate | undefined;
  log: Logger;
}

export interface NodeApp {
  app: FastifyInstance;
  /** requests that are being answered */
  inFlight: () => number;
}

/** Builds the node's HTTP API; does not listen. */
export function createApp(parameters: AppParameters): NodeApp {
  const { nodeId, certificate, isDraining, log } = parameters;
  const loggerInstance: FastifyBaseLogger = log.child(
    {},
    { level: log.level === "info" ? "warn" : log.level },
  );
  const app = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    exposeHeadRoutes: false,
    requestTimeout: requestTimeoutMs,
    ...(certificate && {
      serverFactory: (handler: (request: never, response: never) => void) =>
        certificate.createServer(handler, requestTimeoutMs),
    }),
    genReqId: (request) => requestIdFrom(request.headers["x-request-id"]),
    routerOptions: { maxParamLength: 200 },
    // Draining is announced by the routes themselves, with the reason.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => {
      sendError(error, request, reply);
    },
  });
  app.removeAllContentTypeParsers();
  // Bodies are read by the routes, each with its own limit.
  app.addContentTypeParser("*", (_request, payload, done) => done(null, payload));

  let inFlight = 0;
  app.addHook("onRequest", async (request, reply) => {
    inFlight += 1;
    reply.raw.once("close", () => {
      inFlight -= 1;
    });
    return answerPreflight(request, reply);
  });
  app.addHook("onSend", (request, reply, payload, done) => {
    const durationMs = Math.round(reply.elapsedTime);
    if (isDraining()) void reply.header("connection", "close");
    void reply.headers({
      [callHeaders.node]: nodeId,
      [callHeaders.requestId]: request.id,
      [callHeaders.durationMs]: durationMs,
      "access-control-allow-origin": "*",
      "access-control-expose-headers": "*",
    });
    done(null, payload);
  });
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply));
  app.setNotFoundHandler((request, reply) => sendError(unknownRoute(request), request, reply));

  addStatusRoutes(app, parameters);
  addMetricsRoute(app, parameters.metrics);
  addBlobRoute(app, parameters.store);
  addCallRoutes(app, parameters);
  addSecretRoutes(app, parameters);
  addLogRoutes(app, parameters);
  addAttendanceRoute(app, parameters);
  return { app, inFlight: () => inFlight };
}

/** A browser asks before it sends a call with headers of its own: whoever may call may do so from any page. */
async function answerPreflight(
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  if (request.method !== "OPTIONS") return undefined;
  const wanted = request.headers["access-control-request-headers"];
  return reply
    .headers({
      "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
      "access-control-allow-headers": typeof wanted === "string" ? wanted : "*",
      "access-control-max-age": 86_400,
    })
    .code(204)
    .send();
}

function unknownRoute({ method, url }: FastifyRequest): HttpError {
  return new HttpError({
    status: 404,
    code: "route-unknown",
    message: `There is no ${method} ${url.slice(0, 200)} here.`,
    nextStep: "A function is called at /v1/deals/<deal>/call[/path].",
  });
}
