import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { PartState } from "../part.ts";
import type { Heads } from "../store/heads.ts";

/** What this process counts; `GET /metrics` shows it. docs/operations.md says what to alert on. */
export interface Metrics {
  readonly registry: Registry;
  readonly reorgs: Counter;
  readonly events: Counter;
  /** folding the events of a block or range into rows, and writing them */
  readonly reducerSeconds: Histogram;
  readonly matches: Counter<"outcome">;
  readonly keeperActions: Counter<"action">;
  readonly scalerChanges: Counter<"direction">;
  readonly scaledDeals: Gauge;
  readonly transactions: Counter<"role" | "outcome">;
  /** coins of the chain */
  readonly gasSpent: Counter<"role">;
  readonly requests: Histogram<"method" | "route" | "status">;
}

/** Makes the counters of one process. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Counter({ name: `millrace_${name}`, help, labelNames, registers: [registry] });
  const histogram = <L extends string>(name: string, help: string, buckets: number[], ...labelNames: L[]) =>
    new Histogram({ name: `millrace_${name}`, help, buckets, labelNames, registers: [registry] });
  return {
    registry,
    reorgs: counter("reorgs_total", "Reorgs that the index followed"),
    events: counter("events_total", "Events folded into the tables"),
    reducerSeconds: histogram("reducer_seconds", "Folding the events of a block or range", [
      ...[0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    ]),
    matches: counter("matches_total", "Deals looked at by the matcher, by how that went", "outcome"),
    keeperActions: counter("keeper_actions_total", "What the keeper did", "action"),
    scalerChanges: counter("scaler_changes_total", "Targets of deals that the scaler changed", "direction"),
    scaledDeals: gauge(registry, "scaler_deals", "Deals that name the wallet as their scaler"),
    transactions: counter("transactions_total", "Transactions by how they ended", "role", "outcome"),
    gasSpent: counter("gas_spent_coins_total", "Paid for gas, in coins of the chain", "role"),
    requests: histogram(
      "api_request_seconds",
      "Requests of the API by route and status",
      [0.002, 0.01, 0.05, 0.2, 1, 5],
      ...(["method", "route", "status"] as const),
    ),
  };
}

/** What is read when the metrics are asked for. */
export interface GaugeSources {
  readonly heads: () => Promise<Heads>;
  /** newest block of the chain */
  readonly headBlock: () => Promise<number>;
  readonly connections: () => { total: number; idle: number; waiting: number };
  readonly parts: ReadonlyMap<string, () => PartState>;
  /** coins; undefined without a wallet */
  readonly balance: () => Promise<number | undefined>;
}

/** Adds the gauges, and returns what reads them anew; a source that fails gives NaN. */
export function registerGauges({ registry }: Metrics, sources: GaugeSources): () => Promise<void> {
  const refreshIndex = registerIndexGauges(registry, sources);
  const connections = gauge(registry, "database_connections", "Connections to PostgreSQL", "state");
  const leader = gauge(registry, "leader", "1: this process does the role's work", "role");
  const part = gauge(registry, "part_ok", "1: the part of this process works", "part");
  const balance = gauge(registry, "wallet_coins", "What matcher and keeper can pay gas with");
  return async () => {
    const { total, idle, waiting } = sources.connections();
    connections.set({ state: "busy" }, total - idle);
    connections.set({ state: "idle" }, idle);
    connections.set({ state: "waiting" }, waiting);
    for (const [name, state] of sources.parts) {
      const { ok, leader: leads } = state();
      part.set({ part: name }, ok ? 1 : 0);
      if (leads !== undefined) leader.set({ role: name }, leads ? 1 : 0);
    }
    const [coins] = await Promise.all([orUnknown(sources.balance()), refreshIndex()]);
    balance.set(coins ?? Number.NaN);
  };
}

function registerIndexGauges(registry: Registry, { heads, headBlock }: GaugeSources): () => Promise<void> {
  const indexed = gauge(registry, "index_block", "Newest block in the tables");
  const final = gauge(registry, "index_finalized_block", "Newest block taken for final");
  const head = gauge(registry, "chain_head_block", "Newest block of the chain");
  const lagBlocks = gauge(registry, "index_lag_blocks", "Blocks that the tables are behind the chain");
  const lagSeconds = gauge(registry, "index_lag_seconds", "Age of the newest block in the tables");
  return async () => {
    const [at, newest = Number.NaN] = await Promise.all([orUnknown(heads()), orUnknown(headBlock())]);
    indexed.set(at?.asOfBlock ?? Number.NaN);
    final.set(at?.finalizedBlock ?? Number.NaN);
    lagSeconds.set(at === undefined ? Number.NaN : Math.max(0, Date.now() / 1_000 - at.timestamp));
    head.set(newest);
    lagBlocks.set(at === undefined ? Number.NaN : Math.max(0, newest - at.asOfBlock));
  };
}

function orUnknown<T>(value: Promise<T>): Promise<T | undefined> {
  return value.catch(() => undefined);
}

function gauge<L extends string>(
  registry: Registry,
  name: string,
  help: string,
  ...labelNames: L[]
): Gauge<L> {
  return new Gauge({ name: `millrace_${name}`, help, labelNames, registers: [registry] });
}
