import { once } from "node:events";
import {
  createServer,
  request,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { DealBook } from "../../src/gateway/dealBook.ts";
import { startGateway, type Gateway } from "../../src/gateway/gateway.ts";
import type { WorkerAddress } from "../../src/gateway/nodeLink.ts";
import type { GatewayLimits } from "../../src/gateway/service.ts";
import { testLog } from "../support/api.ts";

/** A request as a worker got it. */
export interface Received {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** How a worker treats a call once it has read it. */
export type Behaviour = (received: Received, response: ServerResponse) => void;

/** A real HTTP server that answers calls as a node does, and remembers them. */
export interface Worker extends WorkerAddress {
  calls: Received[];
  /** connections that are open */
  connections: () => Promise<number>;
  behave: (behaviour: Behaviour) => void;
  /** What `/v1/status` says of every deal. */
  say: (status: { draining?: boolean; state?: string; name?: string }) => void;
  stop: () => Promise<void>;
}

/** Starts a worker on a free port, or on the one it had before. */
export async function startWorker(node: number, port = 0): Promise<Worker> {
  const calls: Received[] = [];
  let behaviour: Behaviour = echo;
  let status = { draining: false, state: "ready", name: "echo" };
  const server = createServer((incoming, response) => {
    if (incoming.url === "/v1/status") {
      const { draining, state, name } = status;
      const deals = ["1", "2", "7"].map((deal) => ({ deal, state, name, cid: "b" }));
      response.end(JSON.stringify({ nodeId: node, draining, deals }));
      return;
    }
    void readAll(incoming).then((body) => {
      if (body === undefined) return;
      const received = {
        method: incoming.method ?? "",
        url: incoming.url ?? "",
        headers: incoming.headers,
        body,
      };
      calls.push(received);
      behaviour(received, response);
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const { port: taken } = server.address() as AddressInfo;
  return {
    node,
    endpoint: `http://127.0.0.1:${taken}`,
    calls,
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
      }),
    behave: (next) => (behaviour = next),
    say: (next) => (status = { ...status, ...next }),
    async stop() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function readAll(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } catch {
    return undefined; // the gateway went away before the end
  }
}

/** Answers with what was sent. */
export const echo: Behaviour = ({ body }, response) => respond(response, 200, body);

export function respond(response: ServerResponse, status: number, body: Buffer | string): void {
  const length = Buffer.byteLength(body);
  response.writeHead(status, { "content-type": "text/plain", "content-length": length });
  response.end(body);
}

/** Answers in the error shape. */
export function refuse(status: number, code: string): Behaviour {
  const body = JSON.stringify({ error: { code, message: `It is ${code}.`, requestId: "r-1" } });
  return (_received, response) => respond(response, status, body);
}

/** Breaks the connection after the call arrived. */
export const breakOff: Behaviour = (_received, response) => response.destroy();

/** Answers after so many milliseconds, unless the caller is gone before. */
export function after(ms: number, behaviour: Behaviour = echo): Behaviour {
  return (received, response) => {
    const timer = setTimeout(() => behaviour(received, response), ms);
    response.once("close", () => clearTimeout(timer));
  };
}

export interface TestGateway extends Gateway {
  /** The workers that every deal has. */
  workers: WorkerAddress[];
}

/** A gateway before these workers; where they come from is the only thing that is not real here. */
export async function openGateway(
  workers: WorkerAddress[],
  limits: Partial<GatewayLimits> = {},
  changes: { hostSuffix?: string; allowPrivateNodes?: boolean } = {},
): Promise<TestGateway> {
  const known = [...workers];
  const read: DealBook["workers"] = () =>
    Promise.resolve(known.map(({ node, endpoint }) => ({ node, endpoint })));
  const deals: DealBook = { workers: read, refresh: read, size: () => 1, close: () => undefined };
  const { hostSuffix, allowPrivateNodes = true } = changes;
  const gateway = await startGateway({
    ...{ deals, log: testLog, host: "127.0.0.1", port: 0, hostSuffix, allowPrivateNodes },
    limits: { patienceMs: 2_000, pollMs: 50, ...limits },
  });
  return { ...gateway, workers: known };
}

/** An answer as a caller got it. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  text: string;
  /** the code of an error, else undefined */
  code: string | undefined;
}

export interface Ask {
  method?: string;
  headers?: Record<string, string>;
  body?: Buffer | string | AsyncIterable<Buffer>;
}

/** Sends a request exactly as given: no URL is normalised and any host can be named. */
export async function ask(gateway: { url: string }, path: string, options: Ask = {}): Promise<Answer> {
  const { hostname, port } = new URL(gateway.url);
  const { method = "GET", headers = {}, body } = options;
  const outgoing = request({ hostname, port, path, method, headers, agent: false });
  const answered = once(outgoing, "response") as Promise<[IncomingMessage]>;
  answered.catch(() => undefined);
  if (body === undefined || typeof body === "string" || Buffer.isBuffer(body)) outgoing.end(body);
  else {
    for await (const chunk of body) if (!outgoing.write(chunk)) await once(outgoing, "drain");
    outgoing.end();
  }
  const [response] = await answered;
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const text = bytes.toString();
  const isError = (response.statusCode ?? 0) >= 400 && text.startsWith("{");
  const code = isError ? (JSON.parse(text) as { error: { code: string } }).error.code : undefined;
  return { status: response.statusCode ?? 0, headers: response.headers, body: bytes, text, code };
}
