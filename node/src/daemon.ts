import type { Server } from "node:http";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Deployment } from "@millrace/sdk";
import type { Logger } from "pino";
import { openModuleStore } from "./artifacts/moduleStore.ts";
import { createChainSide } from "./chainSide.ts";
import type { NodeConfig } from "./config/schema.ts";
import { createApp, type NodeApp } from "./http/app.ts";
import { createBodyBudget } from "./http/bodyBudget.ts";
import { createCallerCheck } from "./http/callers.ts";
import { listen } from "./http/listen.ts";
import { createOwnerCheck } from "./http/ownerCheck.ts";
import { openKeeping } from "./secrets/openKeeping.ts";
import { createMetrics } from "./http/metrics.ts";
import { openCertificate } from "./http/tls.ts";
import type { OperatorKeys } from "./operator/operatorKeys.ts";

/** For closing sandboxes and writing logs, once no call is left to wait for. */
const lastMomentsMs = 5_000;
/**
 * A connection that ends while a call is on its way to it would fail that call; gateways ask twice a second whether
 * the node stops.
 */
const farewellMs = 1_000;

export interface DaemonParameters {
  config: NodeConfig;
  /** path of node.json, for what is said to the provider */
  configFile: string;
  deployment: Deployment;
  keys: OperatorKeys;
  log: Logger;
  /** told of what waiting cannot mend; the process should end */
  onFatal: (error: unknown) => void;
}

export interface Daemon {
  /** Reads the certificate files again. */
  reload(): Promise<void>;
  /** Takes no more calls, lets those that run end (up to drainTimeoutMs), closes every sandbox. */
  stop(): Promise<void>;
}

/**
 * Starts a node: listens at once, then reaches its chain, follows it and serves what it is assigned.
 *
 * @throws MillraceError `port-taken`, `listen-failed` or `tls-files-unusable`
 */
export async function startDaemon(parameters: DaemonParameters): Promise<Daemon> {
  const { config, configFile, deployment, keys, log, onFatal } = parameters;
  const { nodeId, publicUrl } = config;
  const certificate = config.tls && (await openCertificate(config.tls, log));
  const { store, damaged } = await openModuleStore(join(config.dataFolder, "modules"));
  for (const cid of damaged) log.warn({ cid }, "a stored module was damaged; it is fetched again");
  const keeping = await openKeeping({
    ...{ config, deployment, log },
    ...{ present: () => keys.present(), operators: () => keys.all() },
  });
  const ending = new AbortController();
  const { signal } = ending;
  const side = createChainSide({ config, configFile, deployment, keys, store, ...keeping, log, signal });
  const status = () => ({
    nodeId,
    operator: keys.present().address,
    publicUrl,
    draining: signal.aborted,
    encryption: keeping.secrets.encryption(),
    ...side.status(),
  });
  const nodeApp = createApp({
    nodeId,
    store,
    log,
    status,
    metrics: createMetrics({ status, load: () => side.load() }),
    certificate,
    find: (deal) => side.find(deal),
    callers: createCallerCheck(deployment),
    ...keeping,
    owners: createOwnerCheck(deployment),
    assignmentOf: (deal) => side.assignmentOf(deal),
    chain: () => side.chain(),
    relay: () => side.relay(),
    budget: createBodyBudget(config.bodyBudgetMiB * 1024 * 1024),
    isDraining: () => signal.aborted,
  });
  const url = await listen(nodeApp.app, config.listen);
  log.info({ url, publicUrl, nodeId, operator: keys.present().address }, "listening");

  const following = side.run().catch((error: unknown) => {
    if (!signal.aborted) onFatal(error);
  });
  return {
    reload: async () => certificate?.reload(),
    stop: async () => {
      certificate?.close();
      ending.abort(new Error("the node stops"));
      log.info({ calls: nodeApp.inFlight() }, "stopping: finishing the calls that run");
      await drain(nodeApp, config.drainTimeoutMs);
      if (nodeApp.inFlight() > 0)
        log.warn({ calls: nodeApp.inFlight() }, "calls took too long and are cut off");
      nodeApp.app.server.closeAllConnections();
      await nodeApp.app.close();
      // Sandboxes end with this process, whatever still runs in them.
      await Promise.race([Promise.all([side.close(), following]), delay(lastMomentsMs)]);
    },
  };
}

/** Waits for the calls that run, and a moment for those who keep connections open to hear that the node stops. */
async function drain({ app, inFlight }: NodeApp, timeoutMs: number): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    const waitedMs = performance.now() - startedAt;
    if (waitedMs >= timeoutMs) return;
    const isFarewellOver = waitedMs >= farewellMs || (await connectionsOf(app.server)) === 0;
    if (inFlight() === 0 && isFarewellOver) return;
    await delay(20);
  }
}

function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.getConnections((error, count) => resolve(error === null ? count : 0));
  });
}
