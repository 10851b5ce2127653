import { availableParallelism } from "node:os";
import type { Sandboxes } from "@millrace/sandbox";
import { type Chain, readWorkers } from "@millrace/sdk";
import type { Logger } from "pino";
import type { ModuleStore } from "../artifacts/moduleStore.ts";
import { obtainFunction } from "../artifacts/obtainFunction.ts";
import type { Assignment } from "../chain/assignments.ts";
import type { ModuleVersion } from "../chain/moduleVersions.ts";
import type { NodeConfig } from "../config/schema.ts";
import type { Keeping } from "../secrets/openKeeping.ts";
import { createDealRuntime, type DealRuntime } from "./dealRuntime.ts";

export interface DealOpenerParameters extends Keeping {
  config: Pick<NodeConfig, "blobSources" | "dataFolder" | "maxQueuedCalls" | "moduleMaxMiB" | "nodeId">;
  chain: Chain;
  store: ModuleStore;
  sandboxes: Sandboxes;
  log: Logger;
}

/** Makes the function that starts one module of a deal from this node's settings. */
export function createDealOpener({
  config,
  chain,
  store,
  sandboxes,
  secrets,
  logs,
  log,
}: DealOpenerParameters) {
  return (assignment: Assignment, { cid, functionCommitment }: ModuleVersion): DealRuntime => {
    const { deal, terms } = assignment;
    return createDealRuntime({
      deal,
      cid,
      functionCommitment,
      obtain: (signal, onFailure) =>
        obtainFunction({
          cid,
          store,
          signal,
          onFailure,
          onUnstored: (err) =>
            log.error(
              { err, deal: deal.toString(), cid },
              "a module could not be stored; it is fetched again next time",
            ),
          maxBytes: config.moduleMaxMiB * 1024 * 1024,
          sources: async () => [...config.blobSources, ...(await otherWorkers(chain, deal, config.nodeId))],
        }),
      open: (opening) => sandboxes.open(opening),
      threads: threadsFor(terms.unitsPerWorker),
      maxQueued: config.maxQueuedCalls,
      dealLog: logs.of(deal),
      prepare: (signal, note) => secrets.prepare(chain, assignment, { signal, note }),
      environment: () => secrets.environment(assignment),
      log,
    });
  };
}

/** One call per unit at a time, but two at least, so that one slow call does not stop all others. */
function threadsFor(units: number): number {
  return Math.min(Math.max(units, 2), Math.max(availableParallelism(), 2));
}

/** Endpoints of the deal's other workers; none while the chain is out of reach. */
async function otherWorkers(chain: Chain, deal: bigint, nodeId: number): Promise<string[]> {
  const workers = await readWorkers(chain, deal).catch(() => []);
  return workers
    .filter(({ node, endpoint }) => node !== nodeId && /^https?:/.test(endpoint))
    .map(({ endpoint }) => endpoint);
}
