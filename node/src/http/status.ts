import type { Encryption } from "@millrace/sdk";
import type { FastifyInstance } from "fastify";
import type { Finding } from "../check/finding.ts";
import type { DealStatus } from "../runtime/dealTable.ts";
import type { SecretsStatus } from "../secrets/secretKeeper.ts";

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
  /** epochs attended and missed since the process started */
  epochs: { attended: number; missed: number };
  /** what the checks at the start found wrong */
  problems: Finding[];
  chain: {
    state: "connecting" | "ok" | "unreachable";
    block: string | undefined;
    /** why it is not "ok" */
    reason: string | undefined;
  };
  gas: { balanceWei: string; epochsLeft: number | undefined } | undefined;
  draining: boolean;
  /** the key that secrets are sealed to, signed by the operator */
  encryption: Encryption;
  deals: (DealStatus & { secrets: SecretsStatus })[];
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
