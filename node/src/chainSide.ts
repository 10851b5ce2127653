import { type Chain, type Deployment, epochStart, MillraceError } from "@millrace/sdk";
import pRetry from "p-retry";
import type { Logger } from "pino";
import { privateKeyToAddress } from "viem/accounts";
import type { ModuleStore } from "./artifacts/moduleStore.ts";
import { type Attendance, createAttendance } from "./attendance/attendance.ts";
import { checkOperator } from "./chain/checkOperator.ts";
import { type ChainClock, createClock } from "./chain/clock.ts";
import { connectPatiently } from "./chain/connectPatiently.ts";
import { type ChainSnapshot, createFollower } from "./chain/follower.ts";
import { type ChainHealth, watchChain } from "./chain/watch.ts";
import type { NodeConfig } from "./config/schema.ts";
import type { NodeStatus } from "./http/status.ts";
import { createDealOpener } from "./runtime/dealOpener.ts";
import { createDealTable, type DealTable, type Lookup } from "./runtime/dealTable.ts";

export interface ChainSideParameters {
  config: NodeConfig;
  deployment: Deployment;
  /** the operator key */
  privateKey: `0x${string}`;
  store: ModuleStore;
  log: Logger;
  /** ends the following of the chain, not the calls that run */
  signal: AbortSignal;
}

/** What this node does because of its chain: attend, and serve what it is assigned. */
export interface ChainSide {
  /**
   * Reaches the chain and follows it until the signal.
   *
   * @throws MillraceError what waiting does not mend
   */
  run(): Promise<void>;
  /** What the node does for a deal now; undefined before it has reached the chain. */
  find(deal: bigint): Lookup | undefined;
  status(): Omit<NodeStatus, "nodeId" | "operator" | "publicUrl" | "draining">;
  /** Lets the calls that run end and closes every sandbox. */
  close(): Promise<void>;
}

/** What exists once the chain was reached. */
interface Reached {
  provider: number;
  table: DealTable;
  attendance: Attendance;
}

/** Makes the chain side of a node; nothing happens before `run`. */
export function createChainSide(parameters: ChainSideParameters): ChainSide {
  const { config, deployment, privateKey, store, log, signal } = parameters;
  const clock = createClock(deployment);
  let reached: Reached | undefined;
  let snapshot: ChainSnapshot | undefined;
  let health: NodeStatus["chain"] = { state: "connecting", block: undefined, reason: undefined };

  function onBlock({ attendance }: Reached, next: ChainSnapshot): void {
    forgetModules(snapshot, next, store, log);
    snapshot = next;
    clock.observe(next.head.timestamp);
    attendance.tick(tickOf(deployment, next));
  }

  function onLook({ table }: Reached, { state, reason }: ChainHealth): void {
    health = { state, reason, block: snapshot?.head.number.toString() };
    const epoch = clock.epoch();
    if (snapshot !== undefined && epoch !== undefined) table.apply(snapshot.assignments, epoch);
  }

  return {
    run: async () => {
      const onFailure = (reason: string) => {
        health = { ...health, reason };
      };
      const { rpcUrl, nodeId, pollIntervalMs } = config;
      const chain = await connectPatiently({ rpcUrl, deployment, privateKey }, { log, signal, onFailure });
      const open = await reach(chain, parameters);
      reached = open;
      log.info(
        { network: deployment.network, chainId: chain.chainId, provider: open.provider },
        "chain reached",
      );
      await watchChain({
        follower: createFollower({ chain, nodeId }),
        pollIntervalMs,
        signal,
        log,
        onBlock: (next) => onBlock(open, next),
        onLook: (next) => onLook(open, next),
      });
    },
    find: (deal) => {
      const epoch = clock.epoch();
      return epoch === undefined ? undefined : reached?.table.find(deal, epoch);
    },
    status: () => ({ ...statusOf(reached, clock), chain: health }),
    close: async () => reached?.table.close(),
  };
}

/** Checks the operator key and makes what needs the chain. */
async function reach(
  chain: Chain,
  { config, privateKey, store, log, signal }: ChainSideParameters,
): Promise<Reached> {
  const { nodeId } = config;
  const operator = privateKeyToAddress(privateKey);
  const { provider } = await pRetry(() => checkOperator(chain, nodeId, operator), {
    retries: Infinity,
    maxTimeout: 10_000,
    signal,
    shouldRetry: ({ error }) => error instanceof MillraceError && error.code === "rpc-unreachable",
  });
  return {
    provider,
    table: createDealTable({ open: createDealOpener({ config, chain, store, log }), log }),
    attendance: createAttendance({ chain, nodeId, operator, log }),
  };
}

/** Modules of deals that are over leave the disk, and those that many newer ones followed. */
function forgetModules(
  before: ChainSnapshot | undefined,
  now: ChainSnapshot,
  store: ModuleStore,
  log: Logger,
): void {
  const needed = new Set(cidsOf(now));
  const surplus = before === undefined || cidsOf(before).some((cid) => !needed.has(cid));
  if (!surplus) return;
  store.keepOnly(needed).catch((err: unknown) => log.error({ err }, "removing modules failed"));
}

function cidsOf({ assignments }: ChainSnapshot): string[] {
  return [...assignments.values()].flatMap(({ modules }) => modules.map(({ cid }) => cid));
}

function tickOf(
  deployment: Deployment,
  { head, epoch, reorgDepth }: ChainSnapshot,
): Parameters<Attendance["tick"]>[0] {
  const sinceEpochStartMs = (Number(head.timestamp) - epochStart(deployment, epoch)) * 1000;
  return { epoch, sinceEpochStartMs, reorged: reorgDepth > 0 };
}

function statusOf(reached: Reached | undefined, clock: ChainClock) {
  const epoch = clock.epoch();
  const attendance = reached?.attendance.state();
  const { gas } = attendance ?? {};
  return {
    provider: reached?.provider,
    epoch,
    attendedEpoch: attendance?.attendedEpoch,
    attendanceProblem: attendance?.problem,
    gas: gas && { balanceWei: gas.balanceWei.toString(), epochsLeft: gas.epochsLeft },
    deals: reached?.table.status(epoch ?? 0) ?? [],
  };
}
