import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { answerBrokenConnection } from "../api/errors.ts";
import { createService, type GatewayLimits, type ServiceParameters } from "./service.ts";

export interface GatewayParameters extends ServiceParameters {
  host: string;
  /** 0 for any free one */
  port: number;
  limits?: Partial<GatewayLimits>;
}

const defaults: GatewayLimits = {
  dealConcurrency: 256,
  dealQueue: 512,
  queuePatienceMs: 10_000,
  keepBodyBytes: 2 ** 20,
  keepBodiesBytes: 256 * 2 ** 20,
  bodyPauseMs: 15_000,
  headersMs: 10_000,
  requestMs: 120_000,
  connectMs: 3_000,
  // Functions may take 60 s, and may wait for others on the node.
  answerMs: 90_000,
  patienceMs: 15_000,
  pollMs: 500,
  drainMs: 8_000,
};

/** A running gateway. */
export interface Gateway {
  url: string;
  /** Calls under way and waiting, by deal. */
  loads: () => ReadonlyMap<number, number>;
  /** Takes no more connections, lets calls that run end. */
  close: () => Promise<void>;
}

/**
 * Starts a gateway.
 * @throws Error of the operating system if it cannot listen
 */
export async function startGateway(parameters: GatewayParameters): Promise<Gateway> {
  const limits = { ...defaults, ...parameters.limits };
  const draining = new AbortController();
  const service = createService(parameters, limits, draining.signal);
  const server = createServer(
    {
      maxHeaderSize: 16_384,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: Math.min(2_000, limits.headersMs),
      keepAliveTimeout: 65_000,
    },
    (request, response) => void service.handle(request, response),
  );
  server.on("clientError", answerBrokenConnection);
  try {
    server.listen(parameters.port, parameters.host);
    await once(server, "listening");
  } catch (error) {
    await service.close();
    throw error;
  }
  return {
    url: urlOf(server),
    loads: service.loads,
    async close() {
      draining.abort();
      server.close();
      const until = performance.now() + limits.drainMs;
      while (service.running() > 0 && performance.now() < until) await delay(20);
      server.closeAllConnections();
      await service.close();
    },
  };
}

function urlOf(server: Server): string {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the gateway does not listen");
  const { address: host, family, port } = address;
  return `http://${family === "IPv6" ? `[${host}]` : host}:${port}`;
}
