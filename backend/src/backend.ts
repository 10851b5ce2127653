import { connect } from "@millrace/sdk";
import { readDeployment } from "@millrace/sdk/node";
import type { Logger } from "pino";
import { privateKeyToAddress } from "viem/accounts";
import type { Config } from "./config/config.ts";
import { createConnector } from "./connector.ts";
import type { Context, Running } from "./context.ts";
import { createMetrics } from "./metrics/metrics.ts";
import { startParts } from "./startParts.ts";
import { startServer } from "./startServer.ts";
import { leaderRoles, soleElection, startElection, type Election } from "./store/election.ts";
import { openStore } from "./store/open.ts";
import { readWallet } from "./wallet/readWallet.ts";
import { withoutSecrets } from "./withoutSecrets.ts";

/** A running backend. */
export interface Backend {
  /** Where the API, or health and metrics alone, listen. */
  readonly url: string;
  /** Rejects on what no waiting cures, such as the wrong chain. */
  readonly failed: Promise<never>;
  /** Ends what is under way, then closes everything. */
  close: () => Promise<void>;
}

/**
 * Opens the database and starts the roles. An unreachable chain is waited for, whatever else is wrong throws.
 * @param gatewayLoads what the gateway in this process counts, if there is one
 * @throws {@link MillraceError} for a fault that the operator can cure
 */
export async function startBackend(
  config: Config,
  log: Logger,
  gatewayLoads?: Context["gatewayLoads"],
): Promise<Backend> {
  const deployment = await readDeployment(config.deploymentFile);
  const privateKey = await readWallet(config);
  const { rpcUrl, dataFolder, databaseUrl, pollIntervalMs } = config;
  const store = await openStore({ deployment, dataFolder, databaseUrl });
  const connector = createConnector(
    () => connect({ rpcUrl, deployment, privateKey, pollingIntervalMs: Math.min(pollIntervalMs, 1_000) }),
    log,
  );
  const account = privateKey === undefined ? undefined : privateKeyToAddress(privateKey);
  const election = stand(config, account, log);
  const abort = new AbortController();
  const connected = connector.untilConnected(abort.signal);
  const shared = { config, log, store, election, metrics: createMetrics(), connector, connected };
  const context: Context = { ...shared, gatewayLoads };
  const running = new Map<string, Running>();
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  const stopParts = async () => {
    abort.abort();
    await Promise.all([...running.values()].map((part) => part.stop()));
    // Only now, when nothing is under way any more, another process may take over.
    await election.close();
    await store.close();
  };
  try {
    connected.then(
      () =>
        log.info({ chainId: deployment.chainId, rpcUrl: withoutSecrets(rpcUrl) }, "connected to the chain"),
      (error: unknown) => abort.signal.aborted || fail(error),
    );
    for (const [name, part] of startParts(context)) running.set(name, part);
    const server = await startServer(context, running);
    return {
      url: server.url,
      failed,
      async close() {
        await server.close();
        await stopParts();
      },
    };
  } catch (error) {
    await stopParts();
    throw error;
  }
}

/** On PostgreSQL the processes agree on who does what; PGlite has but one process. */
function stand({ databaseUrl, roles }: Config, account: string | undefined, log: Logger): Election {
  if (databaseUrl === undefined) return soleElection();
  return startElection({
    databaseUrl,
    roles: leaderRoles.filter((role) => roles.has(role)),
    account,
    onChange: (role, leads) => log.info({ part: role }, leads ? "leads" : "leads no longer"),
    onTrouble: (error) => log.warn({ err: error }, "can't stand for election, trying again"),
  });
}
