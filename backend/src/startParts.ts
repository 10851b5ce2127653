import { rpcSource } from "./chain/rpcSource.ts";
import type { Context, Running } from "./context.ts";
import { startIndexer, type Indexer } from "./indexer/indexer.ts";
import { createKeeper } from "./keeper/keeper.ts";
import { createMatcher } from "./matcher/matcher.ts";
import { createLoadReader } from "./scaler/loads.ts";
import { createScaler } from "./scaler/scaler.ts";
import { startPart, type Part } from "./part.ts";
import type { LeaderRole } from "./store/election.ts";
import { guardChain } from "./wallet/guardChain.ts";

/** What matcher, keeper and scaler have in common. */
interface Worker {
  readonly step: () => Promise<void>;
  readonly trouble: () => string | undefined;
  readonly idle: () => Promise<void>;
}

/** Transactions that were sent go on without us: after a restart the chain tells how they went. */
const maxDrainMs = 5_000;

/** Starts indexer, matcher, keeper and scaler as far as this process has the roles. Each works only while it leads. */
export function startParts(context: Context): Map<string, Running> {
  const { config, store, metrics } = context;
  const { roles, matchDepth, settleAfterEpochs, challengeMatches: challenges } = config;
  const running = new Map<string, Running>();
  if (roles.has("indexer")) running.set("indexer", startIndexing(context));
  const common = (role: LeaderRole) => ({
    store,
    metrics,
    chain: guardedChain(context, role),
    log: context.log.child({ part: role }),
  });
  if (roles.has("keeper")) {
    const keeper = createKeeper({ ...common("keeper"), settleAfterEpochs, challenges });
    running.set("keeper", startWorking(context, "keeper", keeper));
  }
  if (roles.has("matcher")) {
    const matcher = createMatcher({ ...common("matcher"), matchDepth });
    running.set("matcher", startWorking(context, "matcher", matcher));
  }
  if (roles.has("scaler")) {
    const loads = createLoadReader(context.gatewayLoads, config.scale.gateways);
    const scaler = createScaler({ ...common("scaler"), loads, rules: config.scale.rules });
    running.set("scaler", startWorking(context, "scaler", scaler));
  }
  return running;
}

function guardedChain({ config, connector, store, election, metrics }: Context, role: LeaderRole) {
  const { gasCapPerHour } = config;
  return async () => guardChain(await connector.chain(), { role, store, election, gasCapPerHour, metrics });
}

function startWorking(
  { config, log, election }: Context,
  role: LeaderRole,
  { step, trouble, idle }: Worker,
): Running {
  const part = startPart({
    step,
    trouble,
    leads: () => election.term(role) !== undefined,
    intervalMs: config.pollIntervalMs,
    log: log.child({ part: role }),
  });
  return { state: part.state, stop: () => stopPart(part, idle) };
}

async function stopPart(part: Part, idle: () => Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), maxDrainMs);
  await Promise.race([part.stop().then(idle), late]);
  clearTimeout(timer);
}

/** The indexer starts once the chain is reached. */
function startIndexing({ config, log, store, election, metrics, connected }: Context): Running {
  let indexer: Indexer | undefined;
  const leads = () => election.term("indexer") !== undefined;
  const ingestion = {
    fence: (sql: Parameters<typeof election.assertLeads>[0]) => election.assertLeads(sql, "indexer"),
    onFolded: (events: number, seconds: number) => {
      metrics.events.inc(events);
      metrics.reducerSeconds.observe(seconds);
    },
  };
  const starting = connected.then(
    (chain) => {
      indexer = startIndexer({
        store: { ...store, ingestion },
        source: rpcSource(chain),
        finality: config.finality,
        pollIntervalMs: config.pollIntervalMs,
        logger: log.child({ part: "indexer" }),
        leads,
        onReorg: () => metrics.reorgs.inc(),
      });
    },
    () => undefined, // startBackend says why
  );
  return {
    state() {
      const leader = leads();
      if (!leader) return { ok: true, leader };
      const { status, reason = "Waiting for the chain." } = indexer?.health() ?? { status: "degraded" };
      return status === "ok" ? { ok: true, leader } : { ok: false, reason, leader };
    },
    async stop() {
      await starting;
      await indexer?.stop();
    },
  };
}
