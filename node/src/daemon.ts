import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Deployment } from "@millrace/sdk";
import type { Logger } from "pino";
import { privateKeyToAddress } from "viem/accounts";
import { openModuleStore } from "./artifacts/moduleStore.ts";
import { createChainSide } from "./chainSide.ts";
import type { NodeConfig } from "./config/schema.ts";
import { createApp, type NodeApp } from "./http/app.ts";
import { createBodyBudget } from "./http/bodyBudget.ts";
import { createCallerCheck } from "./http/callers.ts";
import { listen } from "./http/listen.ts";

/** For closing sandboxes and writing logs, once no call is left to wait for. */
const lastMomentsMs = 5_000;

export interface DaemonParameters {
  config: NodeConfig;
  deployment: Deployment;
  /** the operator key */
  privateKey: `0x${string}`;
  log: Logger;
  /** told of what waiting cannot mend; the process should end */
  onFatal: (error: unknown) => void;
}

export interface Daemon {
  /** Takes no more calls, lets those that run end (up to drainTimeoutMs), closes every sandbox. */
  stop(): Promise<void>;
}

/**
 * Starts a node: listens at once, then reaches its chain, follows it and serves what it is assigned.
 *
 * @throws MillraceError `port-taken` or `listen-failed`
 */
export async function startDaemon(parameters: DaemonParameters): Promise<Daemon> {
  const { config, deployment, privateKey, log, onFatal } = parameters;
  const { nodeId, publicUrl } = config;
  const operator = privateKeyToAddress(privateKey);
  const { store, damaged } = await openModuleStore(join(config.dataFolder, "modules"));
  for (const cid of damaged) log.warn({ cid }, "a stored module was damaged; it is fetched again");
  const ending = new AbortController();
  const { signal } = ending;
  const side = createChainSide({ config, deployment, privateKey, store, log, signal });
  const nodeApp = createApp({
    nodeId,
    store,
    log,
    status: () => ({ nodeId, operator, publicUrl, draining: signal.aborted, ...side.status() }),
    find: (deal) => side.find(deal),
    callers: createCallerCheck(deployment),
    budget: createBodyBudget(config.bodyBudgetMiB * 1024 * 1024),
    isDraining: () => signal.aborted,
  });
  const url = await listen(nodeApp.app, config.listen);
  log.info({ url, publicUrl, nodeId, operator }, "listening");

  const following = side.run().catch((error: unknown) => {
    if (!signal.aborted) onFatal(error);
  });
  return {
    stop: async () => {
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

async function drain({ inFlight }: NodeApp, timeoutMs: number): Promise<void> {
  const until = performance.now() + timeoutMs;
  while (inFlight() > 0 && performance.now() < until) await delay(20);
}
