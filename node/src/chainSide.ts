import { type Chain, type Deployment, epochAt, epochStart, MillraceError } from "@millrace/sdk";
import pRetry from "p-retry";
import type { Logger } from "pino";
import type { ModuleStore } from "./artifacts/moduleStore.ts";
import { type Attendance, createAttendance } from "./attendance/attendance.ts";
import { readMissedEpochs } from "./attendance/missedEpochs.ts";
import { type AttendanceRelay, createAttendanceRelay } from "./attendance/relay.ts";
import { createTransactionCap, defaultTransactionsPerHour } from "./attendance/transactionCap.ts";
import { type ChainClock, createClock } from "./chain/clock.ts";
import { connectPatiently } from "./chain/connectPatiently.ts";
import { type ChainSnapshot, createFollower } from "./chain/follower.ts";
import { servingState } from "./chain/servingState.ts";
import { type ChainHealth, watchChain } from "./chain/watch.ts";
import type { Finding } from "./check/finding.ts";
import { runChecks } from "./check/runChecks.ts";
import type { NodeConfig } from "./config/schema.ts";
import type { NodeStatus } from "./http/status.ts";
import type { OwnedDeals } from "./http/ownedDeals.ts";
import { createSandboxes, type Sandboxes } from "@millrace/sandbox";
import { createDealOpener } from "./runtime/dealOpener.ts";
import type { OperatorKeys } from "./operator/operatorKeys.ts";
import type { Keeping } from "./secrets/openKeeping.ts";
import type { SecretKeeper } from "./secrets/secretKeeper.ts";
import { createDealTable, type DealTable, type Load, type Lookup } from "./runtime/dealTable.ts";

/** Processes that wait for scripts: one for each of the runtimes that Millrace comes with. */
const SPARES = 2;

export interface ChainSideParameters extends Keeping {
  config: NodeConfig;
  /** path of node.json, for what is said to the provider */
  configFile: string;
  deployment: Deployment;
  keys: OperatorKeys;
  store: ModuleStore;
  log: Logger;
  /** ends the following of the chain, not the calls that run */
  signal: AbortSignal;
}

/** What this node does because of its chain: attend, and serve what it is assigned. */
export interface ChainSide extends OwnedDeals {
  /**
   * Reaches the chain and follows it until the signal.
   *
   * @throws MillraceError what waiting does not mend
   */
  run(): Promise<void>;
  /** What the node does for a deal now; undefined before it has reached the chain. */
  find(deal: bigint): Lookup | undefined;
  status(): Omit<NodeStatus, "nodeId" | "operator" | "publicUrl" | "draining" | "encryption">;
  /** The chain, once it was reached. */
  chain(): Chain | undefined;
  /** Takes what other nodes of the provider sign; undefined if this node does not, or before the chain was reached. */
  relay(): AttendanceRelay | undefined;
  /** What runs for deals now. */
  load(): Load;
  /** Lets the calls that run end and closes every sandbox. */
  close(): Promise<void>;
}

/** What exists once the chain was reached. */
interface Reached {
  chain: Chain;
  provider: number;
  table: DealTable;
  attendance: Attendance;
  relay: AttendanceRelay | undefined;
  /** what the checks at the start found wrong */
  problems: Finding[];
}

/** Makes the chain side of a node; nothing happens before `run`. */
export function createChainSide(parameters: ChainSideParameters): ChainSide {
  const { config, deployment, keys, store, secrets, logs, log, signal } = parameters;
  const clock = createClock(deployment);
  const sandboxes = createSandboxes({ spares: SPARES });
  let reached: Reached | undefined;
  let snapshot: ChainSnapshot | undefined;
  let tidiedEpoch: number | undefined;
  let health: NodeStatus["chain"] = { state: "connecting", block: undefined, reason: undefined };

  function onBlock({ attendance }: Reached, next: ChainSnapshot): void {
    forgetModules(snapshot, next, store, log);
    snapshot = next;
    clock.observe(next.head.timestamp);
    // Early, so that a key that is missing is told before it is needed; attending looks again by itself.
    keys.follow(next.epoch).catch(() => undefined);
    attendance.tick(tickOf(deployment, next));
  }

  function onLook({ chain, table }: Reached, { state, reason }: ChainHealth): void {
    health = { state, reason, block: snapshot?.head.number.toString() };
    const epoch = clock.epoch();
    if (snapshot === undefined || epoch === undefined) return;
    table.apply(snapshot.assignments, epoch);
    keepFor(chain, snapshot, epoch);
  }

  /** Secrets are asked for where a deal is served, and leave with the deal, like its log. */
  function keepFor(chain: Chain, { assignments, unread }: ChainSnapshot, epoch: number): void {
    const served = [...assignments.values()].filter(
      ({ worker, view }) => servingState(worker, view, epoch).serves,
    );
    const wanted = new Set([...assignments.keys(), ...unread.keys()]);
    secrets.tick(chain, served, wanted);
    if (epoch === tidiedEpoch) return;
    tidiedEpoch = epoch;
    logs.tidy(wanted).catch((err: unknown) => log.error({ err }, "removing old logs failed"));
  }

  return {
    run: async () => {
      const onFailure = (reason: string) => {
        health = { ...health, reason };
      };
      const { rpcUrl, nodeId, pollIntervalMs } = config;
      const chain = await connectPatiently({ rpcUrl, deployment }, { log, signal, onFailure });
      const open = await reach(chain, { ...parameters, sandboxes }, clock);
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
    assignmentOf: (deal) => snapshot?.assignments.get(deal),
    chain: () => reached?.chain,
    relay: () => reached?.relay,
    status: () => ({ ...statusOf(reached, clock, secrets), chain: health }),
    load: () => reached?.table.load() ?? { running: 0, waiting: 0, sandboxes: 0 },
    close: async () => {
      sandboxes.close();
      await reached?.table.close();
    },
  };
}

/** Checks the operator key, says what else is wrong, and makes what needs the chain. Nothing is sent before. */
async function reach(
  chain: Chain,
  parameters: ChainSideParameters & { sandboxes: Sandboxes },
  clock: ChainClock,
): Promise<Reached> {
  const { config, configFile, keys, store, sandboxes, secrets, logs, log, signal } = parameters;
  const { nodeId, publicUrl, dataFolder, blobSources: backends } = config;
  const { deployment } = chain;
  const begin = async () => {
    const epoch = epochAt(deployment, (await chain.publicClient.getBlock()).timestamp);
    return { epoch, ...(await keys.begin(chain, epoch)) };
  };
  const { provider, epoch } = await pRetry(begin, {
    retries: Infinity,
    maxTimeout: 10_000,
    signal,
    shouldRetry: ({ error }) => !(error instanceof MillraceError) || error.code === "rpc-unreachable",
  });
  const operator = () => keys.present().address;
  const identity = { nodeId, operator: operator() };
  const findings = await runChecks({ chain, identity, publicUrl, dataFolder, backends, configFile });
  const problems = findings.filter(({ level }) => level !== "ok");
  for (const { check, level, text, nextStep } of problems)
    log[level === "error" ? "error" : "warn"]({ check, nextStep }, text);
  const missed = await readMissedEpochs(chain, nodeId, epoch).catch(() => undefined);
  if (missed !== undefined)
    log.warn({ ...missed, epochs: missed.to - missed.from + 1 }, "epochs missed while the node was down");
  const cap = createTransactionCap(
    config.maxTransactionsPerHour ?? defaultTransactionsPerHour(deployment.epochDuration),
  );
  const relay = config.relayAttendances
    ? createAttendanceRelay({ chain, provider, epoch: () => clock.epoch() })
    : undefined;
  return {
    chain,
    provider,
    relay,
    problems,
    table: createDealTable({
      open: createDealOpener({ config, chain, store, sandboxes, secrets, logs, log }),
      log,
    }),
    attendance: createAttendance({
      ...{ chain, nodeId, operator, cap, log },
      signer: (target) => keys.signer(target),
      ...{ relay, relayUrl: config.attendanceRelay },
    }),
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

function statusOf(reached: Reached | undefined, clock: ChainClock, secrets: SecretKeeper) {
  const epoch = clock.epoch();
  const attendance = reached?.attendance.state();
  const { gas } = attendance ?? {};
  return {
    provider: reached?.provider,
    epoch,
    attendedEpoch: attendance?.attendedEpoch,
    attendanceProblem: attendance?.problem,
    epochs: attendance?.counts ?? { attended: 0, missed: 0 },
    problems: (reached?.problems ?? []).map(({ check, level, text, nextStep }) => ({
      ...{ check, level, text, nextStep },
    })),
    gas: gas && { balanceWei: gas.balanceWei.toString(), epochsLeft: gas.epochsLeft },
    deals: (reached?.table.status(epoch ?? 0) ?? []).map((deal) => ({
      ...deal,
      secrets: secrets.status(BigInt(deal.deal)),
    })),
  };
}
