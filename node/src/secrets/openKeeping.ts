import { join } from "node:path";
import type { Logger } from "pino";
import type { NodeConfig } from "../config/schema.ts";
import { createDealLogs, type DealLogs } from "../runtime/dealLogs.ts";
import { createKeyring, type KeyringParameters } from "./keyring.ts";
import { openSecretKeeper, type SecretKeeper } from "./secretKeeper.ts";

/** What this node keeps for the owners of its deals. */
export interface Keeping {
  secrets: SecretKeeper;
  logs: DealLogs;
}

/** Opens the secrets and the logs in the data folder; no value of a secret gets into a log. */
export async function openKeeping({
  config,
  log,
  ...keys
}: Omit<KeyringParameters, "nodeId"> & {
  config: Pick<NodeConfig, "dataFolder" | "nodeId">;
  log: Logger;
}): Promise<Keeping> {
  const { dataFolder, nodeId } = config;
  const keyring = await createKeyring({ ...keys, nodeId });
  const secrets = await openSecretKeeper({ folder: join(dataFolder, "secrets"), nodeId, keyring, log });
  const logs = createDealLogs({
    folder: join(dataFolder, "logs"),
    redact: (deal, text) => secrets.redact(deal, text),
    log,
  });
  return { secrets, logs };
}
