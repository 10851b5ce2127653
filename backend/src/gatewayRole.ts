import { connect, MillraceError } from "@millrace/sdk";
import { readDeployment } from "@millrace/sdk/node";
import type { Logger } from "pino";
import type { Config } from "./config/config.ts";
import { createConnector } from "./connector.ts";
import { createDealBook } from "./gateway/dealBook.ts";
import { startGateway } from "./gateway/gateway.ts";

/** The gateway as a role of this process. */
export interface GatewayRole {
  readonly url: string;
  /** Calls under way and waiting, by deal. */
  readonly loads: () => ReadonlyMap<number, number>;
  /** Rejects on what no waiting cures, such as the wrong chain. */
  readonly failed: Promise<never>;
  close: () => Promise<void>;
}

/**
 * Starts the gateway with a connection to the chain of its own: it shares nothing with other roles.
 * @throws {@link MillraceError} `port-taken`
 */
export async function startGatewayRole(config: Config, log: Logger): Promise<GatewayRole> {
  const { rpcUrl, host, gatewayPort: port, gatewayHostSuffix: hostSuffix, allowPrivateNodes } = config;
  const deployment = await readDeployment(config.deploymentFile);
  const part = log.child({ part: "gateway" });
  const connector = createConnector(() => connect({ rpcUrl, deployment }), part);
  const abort = new AbortController();
  const { promise: failed, reject } = Promise.withResolvers<never>();
  // Whoever runs the process waits for it; nobody does in a start that fails.
  failed.catch(() => undefined);
  connector.untilConnected(abort.signal).catch((error: unknown) => {
    if (!abort.signal.aborted) reject(error);
  });
  const deals = createDealBook({
    chain: connector.chain,
    pollMs: Math.max(500, config.pollIntervalMs),
    log: part,
  });
  try {
    const gateway = await startGateway({ deals, log: part, host, port, hostSuffix, allowPrivateNodes });
    part.info({ url: gateway.url, hostSuffix }, "gateway started");
    return {
      url: gateway.url,
      loads: gateway.loads,
      failed,
      async close() {
        abort.abort();
        await gateway.close();
        deals.close();
      },
    };
  } catch (cause) {
    abort.abort();
    deals.close();
    if ((cause as NodeJS.ErrnoException).code !== "EADDRINUSE") throw cause;
    throw new MillraceError({
      code: "port-taken",
      shortMessage: `Another process listens on ${host}:${port}.`,
      nextStep: "Set GATEWAY_PORT to another port, or 0 for any free one.",
      cause,
    });
  }
}
