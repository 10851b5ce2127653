import type { Logger } from "pino";
import { startBackend } from "./backend.ts";
import type { Config } from "./config/config.ts";
import { startGatewayRole } from "./gatewayRole.ts";

/** All roles of this process. */
export interface RunningRoles {
  /** Where the API listens; undefined without it. */
  readonly url: string | undefined;
  /** Where the gateway listens; undefined without the role. */
  readonly gatewayUrl: string | undefined;
  /** Rejects on what no waiting cures, such as the wrong chain. */
  readonly failed: Promise<never>;
  /** Ends what is under way, then closes everything. */
  close: () => Promise<void>;
}

/**
 * Starts the gateway, which needs no database, and then all roles that do.
 * @throws {@link MillraceError} for a fault that the operator can cure
 */
export async function startRoles(config: Config, log: Logger): Promise<RunningRoles> {
  if (!config.roles.has("gateway")) return { ...(await startBackend(config, log)), gatewayUrl: undefined };
  const gateway = await startGatewayRole(config, log);
  if (config.roles.size === 1) return { ...gateway, url: undefined, gatewayUrl: gateway.url };
  try {
    const stored = await startBackend(config, log, gateway.loads);
    return {
      url: stored.url,
      gatewayUrl: gateway.url,
      failed: Promise.race([stored.failed, gateway.failed]),
      async close() {
        await Promise.all([gateway.close(), stored.close()]);
      },
    };
  } catch (error) {
    await gateway.close();
    throw error;
  }
}
