import { createServer, type IncomingMessage } from "node:http";
import { listen } from "./listen.ts";

export interface RpcCall {
  method: string;
  params: unknown[];
}

/** What the proxy does with a call: answers for the chain, breaks the line before or after it passed, or passes it. */
export type Verdict = "pass" | "break-before" | "break-after" | { error: { code: number; message: string } };

/** An RPC end between a client and a real chain that misbehaves as told; what `judge` waits for happens before the call. */
export async function startProxy(target: string, judge: (call: RpcCall) => Verdict | Promise<Verdict>) {
  const server = createServer((request, response) => {
    void (async () => {
      const text = await readText(request);
      const call = JSON.parse(text) as RpcCall & { id: number };
      const verdict = await judge(call);
      if (verdict === "break-before") return response.destroy();
      if (typeof verdict === "object")
        return response.end(JSON.stringify({ jsonrpc: "2.0", id: call.id, ...verdict }));
      const answer = await fetch(target, {
        method: "POST",
        body: text,
        headers: { "content-type": "application/json" },
      });
      const body = await answer.text();
      return verdict === "break-after" ? response.destroy() : response.end(body);
    })();
  });
  return listen(server);
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
