import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listen } from "./listen.ts";

/** How a worker treats a call once it has read it. */
export type Behaviour = (
  request: { method: string; url: string; text: string; headers: IncomingMessage["headers"] },
  response: ServerResponse,
) => void;

/** An HTTP server that answers calls as a node does, and counts them. */
export interface Worker {
  url: string;
  port: number;
  calls: { method: string; url: string; text: string }[];
  behave: (behaviour: Behaviour) => void;
  stop: () => Promise<void>;
}

export async function startWorker(port = 0): Promise<Worker> {
  const calls: Worker["calls"] = [];
  let behaviour = answer(200, "");
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks).toString();
      const { method = "", url = "", headers } = request;
      calls.push({ method, url, text });
      behaviour({ method, url, text, headers }, response);
    })();
  });
  const { url, port: taken, stop } = await listen(server, port);
  return { url, port: taken, calls, stop, behave: (next) => (behaviour = next) };
}

/** Answers with a body. */
export function answer(status: number, body: string): Behaviour {
  return (_request, response) => {
    response.writeHead(status, { "content-type": "text/plain", "millrace-request-id": "r-1" });
    response.end(body);
  };
}

/** Answers in the error shape. */
export function refuse(status: number, code: string): Behaviour {
  return answer(status, JSON.stringify({ error: { code, message: `It is ${code}.`, requestId: "r-1" } }));
}

/** Breaks the connection after the call arrived. */
export const breakOff: Behaviour = (_request, response) => response.destroy();
