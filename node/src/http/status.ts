import type { FastifyInstance } from "fastify";
import type { DealStatus } from "../runtime/dealTable.ts";

/** What `/v1/status` tells. */
export interface NodeStatus {
  nodeId: number;
  /** the node's provider; undefined before the chain was reached */
  provider: number | undefined;
  operator: string;
  publicUrl: string;
  /** present epoch; undefined before the chain was reached */
  epoch: number | undefined;
  attendedEpoch: number | undefined;
  /** why the present epoch is not attended yet */
  attendanceProblem: string | undefined;
  chain: {
    state: "connecting" | "ok" | "unreachable";
    block: string | undefined;
    /** why it is not "ok" */
    reason: string | undefined;
  };
  gas: { balanceWei: string; epochsLeft: number | undefined } | undefined;
  draining: boolean;
  deals: DealStatus[];
}

/** Adds `/v1/health` and `/v1/status`. */
export function addStatusRoutes(app: FastifyInstance, { status }: { status: () => NodeStatus }): void {
  app.route({
    method: ["GET", "HEAD"],
    url: "/v1/health",
    handler: (_request, reply) => {
      const { draining, chain } = status();
      // An outage of the chain is no reason to take the node out of service: it serves on.
      return reply
        .code(draining ? 503 : 200)
        .send({ status: draining ? "draining" : "ok", chain: chain.state });
    },
  });
  app.route({
    method: ["GET", "HEAD"],
    url: "/v1/status",
    handler: (_request, reply) => reply.send(status()),
  });
}
