import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Chain, type Deployment, epochStart, MillraceError } from "@millrace/sdk";
import pRetry from "p-retry";
import type { Logger } from "pino";
import { privateKeyToAddress } from "viem/accounts";
import { openModuleStore } from "./artifacts/moduleStore.ts";
import { type Attendance, createAttendance } from "./attendance/attendance.ts";
import { checkOperator } from "./chain/checkOperator.ts";
import { createClock } from "./chain/clock.ts";
import { connectPatiently } from "./chain/connectPatiently.ts";
import { type ChainSnapshot, createFollower } from "./chain/follower.ts";
import { type ChainHealth, watchChain } from "./chain/watch.ts";
import type { NodeConfig } from "./config/schema.ts";
import { createApp, type NodeApp } from "./http/app.ts";
import { createBodyBudget } from "./http/bodyBudget.ts";
import { createCallerCheck } from "./http/callers.ts";
import { listen } from "./http/listen.ts";
import type { NodeStatus } from "./http/status.ts";
import { createDealOpener } from "./runtime/dealOpener.ts";
import { createDealTable, type DealTable } from "./runtime/dealTable.ts";

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
  /** where it listens */
  url: string;
  /** Takes no more calls, lets those that run end (up to drainTimeoutMs), closes every sandbox. */
  stop(): Promise<void>;
}

/** What exists once the chain was reached. */
interface ChainSide {
  provider: number;
  table: DealTable;
  attendance: Attendance;
}

/**
 * Starts a node: listens at once, then reaches its chain, follows it and serves what it is assigned.
 *
 * @throws MillraceError `port-taken` or `listen-failed`
 */
export async function startDaemon({
  config,
  deployment,
  privateKey,
  log,
  onFatal,
}: DaemonParameters): Promise<Daemon> {
  const operator = privateKeyToAddress(privateKey);
  const { store, damaged } = await openModuleStore(join(config.dataFolder, "modules"));
  for (const cid of damaged) log.warn({ cid }, "a stored module was damaged; it is fetched again");
  const clock = createClock(deployment);
  const callers = createCallerCheck(deployment);
  const ending = new AbortController();
  let side: ChainSide | undefined;
  let snapshot: ChainSnapshot | undefined;
  let health: ChainHealth | { state: "connecting"; reason: string | undefined } = {
    state: "connecting",
    reason: undefined,
  };

  const status = (): NodeStatus => {
    const attendance = side?.attendance.state();
    const { gas } = attendance ?? {};
    return {
      nodeId: config.nodeId,
      provider: side?.provider,
      operator,
      publicUrl: config.publicUrl,
      epoch: clock.epoch(),
      attendedEpoch: attendance?.attendedEpoch,
      attendanceProblem: attendance?.problem,
      chain: { ...health, block: snapshot?.head.number.toString() },
      gas: gas && { balanceWei: gas.balanceWei.toString(), epochsLeft: gas.epochsLeft },
      draining: ending.signal.aborted,
      deals: side?.table.status(clock.epoch() ?? 0) ?? [],
    };
  };

  const nodeApp = createApp({
    nodeId: config.nodeId,
    store,
    status,
    log,
    find: (deal) => {
      const epoch = clock.epoch();
      return snapshot === undefined || epoch === undefined ? undefined : side?.table.find(deal, epoch);
    },
    callers: () => callers,
    budget: createBodyBudget(config.bodyBudgetMiB * 1024 * 1024),
    isDraining: () => ending.signal.aborted,
  });
  const url = await listen(nodeApp.app, config.listen);
  log.info({ url, publicUrl: config.publicUrl, nodeId: config.nodeId, operator }, "listening");

  async function openChainSide(chain: Chain): Promise<ChainSide> {
    const { provider } = await pRetry(() => checkOperator(chain, config.nodeId, operator), {
      retries: Infinity,
      maxTimeout: 10_000,
      signal: ending.signal,
      shouldRetry: ({ error }) => error instanceof MillraceError && error.code === "rpc-unreachable",
    });
    const open = createDealOpener({ config, chain, store, log });
    return {
      provider,
      table: createDealTable({ open, log }),
      attendance: createAttendance({ chain, nodeId: config.nodeId, operator, log }),
    };
  }

  function onBlock(opened: ChainSide, next: ChainSnapshot): void {
    const needed = [...next.assignments.values()].map(({ cid }) => cid);
    const surplus = [...(snapshot?.assignments.values() ?? [])].some(({ cid }) => !needed.includes(cid));
    if (snapshot === undefined || surplus)
      void store.keepOnly(new Set(needed)).catch((err: unknown) => log.error({ err }));
    snapshot = next;
    clock.observe(next.head.timestamp);
    opened.attendance.tick({
      epoch: next.epoch,
      sinceEpochStartMs: (Number(next.head.timestamp) - epochStart(deployment, next.epoch)) * 1000,
      reorged: next.reorgDepth > 0,
    });
  }

  async function followChain(): Promise<void> {
    const { rpcUrl, nodeId, pollIntervalMs } = config;
    const { signal } = ending;
    const onFailure = (reason: string) => {
      health = { state: "connecting", reason };
    };
    const chain = await connectPatiently({ rpcUrl, deployment, privateKey }, { log, signal, onFailure });
    const opened = await openChainSide(chain);
    side = opened;
    log.info(
      { network: deployment.network, chainId: deployment.chainId, provider: opened.provider },
      "chain reached",
    );
    await watchChain({
      follower: createFollower({ chain, nodeId }),
      pollIntervalMs,
      signal,
      log,
      onBlock: (next) => onBlock(opened, next),
      onLook: (next) => {
        health = next;
        const epoch = clock.epoch();
        if (snapshot !== undefined && epoch !== undefined) opened.table.apply(snapshot.assignments, epoch);
      },
    });
  }

  const following = followChain().catch((error: unknown) => {
    if (!ending.signal.aborted) onFatal(error);
  });

  return {
    url,
    stop: async () => {
      ending.abort(new Error("the node stops"));
      log.info({ calls: nodeApp.inFlight() }, "stopping: finishing the calls that run");
      await drain(nodeApp, config.drainTimeoutMs);
      await nodeApp.app.close();
      await side?.table.close();
      await following;
    },
  };
}

async function drain({ inFlight }: NodeApp, timeoutMs: number): Promise<void> {
  const until = performance.now() + timeoutMs;
  while (inFlight() > 0 && performance.now() < until) await delay(20);
}
