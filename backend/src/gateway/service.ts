import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { callHeaders, MillraceError } from "@millrace/sdk";
import { LRUCache } from "lru-cache";
import type { Logger } from "pino";
import { sendAnswer, sendError, sendPreflight, sendText } from "./answer.ts";
import { createBodyBudget, receiveBody } from "./callBody.ts";
import type { DealBook } from "./dealBook.ts";
import { createDealLimiter } from "./dealLimiter.ts";
import { dealIdInvalid, internal, methodUnsupported, nameWrong, routeUnknown } from "./errors.ts";
import { forward } from "./forward.ts";
import { headersForNode, isIdempotent } from "./headers.ts";
import { presentLoads } from "./loads.ts";
import { createHedging, type Hedging } from "./hedging.ts";
import { createMetrics } from "./metrics.ts";
import { createNodeBook } from "./nodeBook.ts";
import { hostLabel, routeOf, type CallRoute } from "./route.ts";

/** What a gateway is told of its surroundings. */
export interface ServiceParameters {
  /** where the workers of deals come from */
  deals: DealBook;
  log: Logger;
  /** `<deal>.<suffix>` and `<name>-<deal>.<suffix>` are a deal's own host names */
  hostSuffix: string | undefined;
  /** nodes may have addresses of this machine or its network; for a devnet */
  allowPrivateNodes: boolean;
}

/** Bounds of what callers may cost, and of what they wait for. Times in milliseconds. */
export interface GatewayLimits {
  /** calls of one deal at a time, and that may wait beyond those */
  dealConcurrency: number;
  dealQueue: number;
  queuePatienceMs: number;
  /** bytes of one body that are kept so that it can be sent again; of all bodies together */
  keepBodyBytes: number;
  keepBodiesBytes: number;
  /** longest pause between two parts of a request's body */
  bodyPauseMs: number;
  headersMs: number;
  requestMs: number;
  connectMs: number;
  answerMs: number;
  patienceMs: number;
  pollMs: number;
  drainMs: number;
}

const mostDeals = 20_000;
const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);

/** What handles requests. */
export interface Service {
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** calls under way */
  running: () => number;
  /** calls under way and waiting, by deal */
  loads: () => ReadonlyMap<number, number>;
  close: () => Promise<void>;
}

/** Makes what handles requests, without the server. @param draining aborted when the gateway is about to end */
export function createService(
  parameters: ServiceParameters,
  limits: GatewayLimits,
  draining: AbortSignal,
): Service {
  const { deals, log, hostSuffix, allowPrivateNodes } = parameters;
  const { pollMs, connectMs, answerMs, patienceMs } = limits;
  const nodes = createNodeBook({ pollMs, connectMs, answerMs, allowPrivate: allowPrivateNodes });
  const budget = createBodyBudget(limits.keepBodiesBytes);
  const bodyLimits = { keepBytes: limits.keepBodyBytes, pauseMs: limits.bodyPauseMs };
  const hedgings = new LRUCache<string, Hedging>({ max: mostDeals });
  const limiter = createDealLimiter({
    concurrency: limits.dealConcurrency,
    queue: limits.dealQueue,
    patienceMs: limits.queuePatienceMs,
  });
  const { running, waiting } = limiter;
  const metrics = createMetrics({ running, waiting, deals: deals.size });

  function hedgingOf(deal: bigint): Hedging {
    const found = hedgings.get(deal.toString()) ?? createHedging();
    hedgings.set(deal.toString(), found);
    return found;
  }

  async function checkName({ deal, label }: CallRoute): Promise<void> {
    if (label === undefined) return;
    const name = await nodes.functionName(nodes.links(await deals.workers(deal)), deal);
    // Unknown only while no worker has the module: then none can answer either.
    if (name !== undefined && hostLabel(name) !== label) throw nameWrong(deal, label, hostLabel(name));
  }

  async function call(exchange: Exchange, route: CallRoute): Promise<void> {
    const { request, response, requestId, signal } = exchange;
    const { method = "" } = request;
    if (!methods.has(method)) throw methodUnsupported(method);
    const { deal, target } = route;
    const leave = await limiter.enter(deal, signal);
    try {
      await checkName(route);
      const body = await receiveBody(request, bodyLimits, budget);
      try {
        const contentLength = body.isKept ? undefined : request.headers["content-length"];
        const headers = headersForNode(request, { requestId, contentLength });
        const forwarded = await forward(
          {
            ...{ deal, method, target, headers, body, signal },
            idempotent: isIdempotent(request),
            signed: request.headers[callHeaders.caller] !== undefined,
          },
          { deals, nodes, hedging: hedgingOf(deal), metrics, patienceMs },
        );
        await sendAnswer(response, forwarded, { requestId, route });
        metrics.calls.inc({
          outcome: forwarded.answer.status < 400 ? "ok" : String(forwarded.answer.status),
        });
      } finally {
        body.release();
      }
    } finally {
      leave();
    }
  }

  async function callSafely(exchange: Exchange, route: CallRoute): Promise<void> {
    const { response, requestId, signal } = exchange;
    const end = metrics.callSeconds.startTimer();
    try {
      await call(exchange, route);
    } catch (error) {
      const known = error instanceof MillraceError ? error : internal(error);
      metrics.calls.inc({ outcome: signal.aborted ? "aborted" : known.code });
      if (known.code === "internal" && !signal.aborted) log.error({ err: error, requestId }, "call failed");
      sendError(response, known, { requestId });
    } finally {
      end();
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = requestIdOf(request);
    const { url = "", method = "", headers } = request;
    if (draining.aborted) response.shouldKeepAlive = false;
    // Errors of a connection end in its "close"; nobody else listens to them.
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    if (method === "OPTIONS") {
      sendPreflight(request, response);
      return;
    }
    const route = routeOf(headers.host, url, hostSuffix);
    if (route.kind === "call") {
      await callSafely({ request, response, requestId, signal: goneSignal(response) }, route);
    } else if (route.kind === "health") {
      const [status, text] = draining.aborted ? [503, "draining"] : [200, "ok"];
      sendText(response, status, "application/json", JSON.stringify({ status: text }));
    } else if (route.kind === "metrics") {
      sendText(response, 200, metrics.registry.contentType, await metrics.registry.metrics());
    } else if (route.kind === "loads") {
      sendText(response, 200, "application/json", JSON.stringify(presentLoads(limiter.loads())));
    } else {
      const isInvalid = route.kind === "deal-invalid";
      const error = isInvalid ? dealIdInvalid(route.text) : routeUnknown(method, url);
      sendError(response, error, { requestId });
    }
  }

  return {
    handle,
    running,
    loads: limiter.loads,
    close: nodes.close,
  };
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  requestId: string;
  /** aborts when the caller is gone before its answer is complete */
  signal: AbortSignal;
}

function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort(new Error("the caller is gone"));
  });
  return gone.signal;
}

/** The caller's id if it is safe in headers and logs, so that all sides can search their logs for it. */
function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers["x-request-id"];
  return typeof given === "string" && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID();
}
