import type { FastifyInstance } from "fastify";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Load } from "../runtime/dealTable.ts";
import type { NodeStatus } from "./status.ts";

const weiPerCoin = 1e18;
const buckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What the node counts of itself, for Prometheus. It names no deal, caller or input. */
export interface Metrics {
  /** Counts a call. @param outcome "ok" or the code of its error */
  called(outcome: string, durationMs: number): void;
  /** Counts what a call used. @param fuel in units */
  used(fuel: bigint): void;
  /** Everything in Prometheus' text format. */
  render(): Promise<{ contentType: string; text: string }>;
}

export interface MetricsParameters {
  status: () => Pick<NodeStatus, "epochs" | "gas" | "chain"> & { deals: readonly { state: string }[] };
  load: () => Load;
}

/** Makes the metrics of one node, all of them read when they are asked for. */
export function createMetrics({ status, load }: MetricsParameters): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const calls = new Counter({
    ...{ name: "millrace_node_calls_total", help: "Calls by outcome: ok, or the code of the error" },
    ...{ labelNames: ["outcome"] as const, registers },
  });
  const seconds = new Histogram({
    ...{
      name: "millrace_node_call_seconds",
      help: "From the request's head to the answer",
      buckets,
      registers,
    },
  });
  const fuelUsed = new Counter({
    ...{ name: "millrace_node_fuel_used_total", help: "Fuel that calls used, in units", registers },
  });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      ...{ name: `millrace_node_${name}`, help, registers },
      collect() {
        this.set(read());
      },
    });
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      ...{ name: `millrace_node_${name}`, help, registers },
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  gauge("calls_running", "Calls that run in a sandbox", () => load().running);
  gauge("calls_waiting", "Calls that wait for a free thread of their deal", () => load().waiting);
  gauge("sandbox_processes", "Open sandboxes, each a process", () => load().sandboxes);
  counter("epochs_attended_total", "Epochs attended since the start", () => status().epochs.attended);
  counter("epochs_missed_total", "Epochs missed since the start", () => status().epochs.missed);
  gauge("gas_money", "What the operator holds for gas, in the chain's coin; NaN before it was read", () =>
    coins(status().gas?.balanceWei),
  );
  gauge(
    "gas_epochs_left",
    "Epochs the gas money lasts; NaN before it was measured",
    () => status().gas?.epochsLeft ?? NaN,
  );
  gauge("chain_up", "1 while the chain can be read", () => (status().chain.state === "ok" ? 1 : 0));
  new Gauge({
    ...{ name: "millrace_node_deals", help: "Deals by the state of their function", registers },
    labelNames: ["state"] as const,
    collect() {
      this.reset();
      for (const { state } of status().deals) this.inc({ state });
    },
  });
  return {
    called: (outcome, durationMs) => {
      calls.inc({ outcome });
      seconds.observe(durationMs / 1000);
    },
    used: (fuel) => fuelUsed.inc(Number(fuel)),
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

function coins(wei: string | undefined): number {
  return wei === undefined ? NaN : Number(wei) / weiPerCoin;
}

/** Adds `GET /metrics`. */
export function addMetricsRoute(app: FastifyInstance, metrics: Metrics): void {
  app.get("/metrics", async (_request, reply) => {
    const { contentType, text } = await metrics.render();
    return reply.type(contentType).send(text);
  });
}
