import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** What a gateway counts; see `GET /metrics`. */
export interface Metrics {
  registry: Registry;
  /** answered calls by how they ended */
  calls: Counter<"outcome">;
  callSeconds: Histogram;
  /** from sending to a node to its answer */
  nodeSeconds: Histogram;
  attempts: Counter<"outcome">;
  /** calls that were sent to a second node, by whether that one was faster */
  hedges: Counter<"won">;
}

export interface GaugeSources {
  running: () => number;
  waiting: () => number;
  deals: () => number;
}

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Makes the metrics of one gateway. */
export function createMetrics({ running, waiting, deals }: GaugeSources): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      ...{ name, help, registers },
      collect() {
        this.set(read());
      },
    });
  };
  gauge("millrace_gateway_calls_running", "Calls that are being answered", running);
  gauge("millrace_gateway_calls_waiting", "Calls that wait for others of their deal", waiting);
  gauge("millrace_gateway_deals_known", "Deals whose workers are in memory", deals);
  return {
    registry,
    calls: new Counter({
      name: "millrace_gateway_calls_total",
      help: "Calls by outcome: ok, an error's code, or aborted by the caller",
      labelNames: ["outcome"],
      registers,
    }),
    callSeconds: new Histogram({
      name: "millrace_gateway_call_seconds",
      help: "From a request's headers to the end of its answer",
      buckets: seconds,
      registers,
    }),
    nodeSeconds: new Histogram({
      name: "millrace_gateway_node_seconds",
      help: "From sending a call to a node to its answer",
      buckets: seconds,
      registers,
    }),
    attempts: new Counter({
      name: "millrace_gateway_attempts_total",
      help: "Calls sent to nodes by outcome: answered, refused (did not run), interrupted (may have run), cancelled",
      labelNames: ["outcome"],
      registers,
    }),
    hedges: new Counter({
      name: "millrace_gateway_hedges_total",
      help: "Calls sent to a second node because the first was slow, by whether the second answered first",
      labelNames: ["won"],
      registers,
    }),
  };
}
