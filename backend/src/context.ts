import type { Chain } from "@millrace/sdk";
import type { Logger } from "pino";
import type { Config } from "./config/config.ts";
import type { Connector } from "./connector.ts";
import type { Metrics } from "./metrics/metrics.ts";
import type { PartState } from "./part.ts";
import type { Election } from "./store/election.ts";
import type { Store } from "./store/store.ts";

/** What the parts of one process share. */
export interface Context {
  readonly config: Config;
  readonly log: Logger;
  readonly store: Store;
  readonly election: Election;
  readonly metrics: Metrics;
  readonly connector: Connector;
  /** The chain once it is reached; rejects when the process ends before. */
  readonly connected: Promise<Chain>;
  /** Calls under way and waiting by deal at the gateway in this process; undefined without one. */
  readonly gatewayLoads: (() => ReadonlyMap<number, number>) | undefined;
}

/** Something that runs and is part of health. */
export interface Running {
  readonly state: () => PartState;
  /** Stops taking up new work and waits for the old, but not for ever. */
  readonly stop: () => Promise<void>;
}
