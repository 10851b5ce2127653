import { MillraceError, type Deployment } from "@millrace/sdk";
import { readDeployment } from "@millrace/sdk/node";
import type { Hex } from "viem";
import { privateKeyToAddress } from "viem/accounts";
import { parseConfig, type Config } from "../config/config.ts";
import { readWallet } from "../wallet/readWallet.ts";
import { checkChain, checkClock } from "./checkChain.ts";
import { checkDatabase } from "./checkDatabase.ts";
import { checkBlobs, checkDisk, checkPorts } from "./checkMachine.ts";
import { checkGasMoney } from "./checkWallet.ts";
import { findings, type Finding } from "./finding.ts";

/** Checks everything that a backend with this environment needs. It changes nothing, and may run beside one. */
export async function diagnose(env: Readonly<Record<string, string | undefined>>): Promise<Finding[]> {
  const { ok, broken } = findings("configuration");
  let config: Config;
  let deployment: Deployment;
  try {
    config = parseConfig(env);
    deployment = await readDeployment(config.deploymentFile);
  } catch (error) {
    return [broken(error, "See docs/operations.md for the variables.")];
  }
  const roles = [...config.roles].join(", ");
  const found = [ok(`Roles ${roles}; ${config.deploymentFile} is "${deployment.network}".`)];
  const { privateKey, found: walletFound } = await unlockWallet(config);
  const { chain, headBlock, found: chainFound } = await checkChain(config, deployment, privateKey);
  const account = privateKey === undefined ? undefined : privateKeyToAddress(privateKey);
  const { inspection, found: databaseFound } =
    config.roles.size === 1 && config.roles.has("gateway")
      ? { inspection: undefined, found: [] }
      : await checkDatabase({ config, deployment, account, headBlock });
  return [
    ...found,
    ...chainFound,
    ...(await checkClock(inspection?.nowMs)),
    ...databaseFound,
    ...walletFound,
    ...(chain === undefined ? [] : await checkGasMoney(chain, inspection?.spentADay)),
    ...(await checkDisk(config)),
    ...(await checkBlobs(config)),
    ...(await checkPorts(config)),
  ];
}

async function unlockWallet(
  config: Config,
): Promise<{ privateKey: Hex | undefined; found: readonly Finding[] }> {
  const { broken } = findings("wallet");
  try {
    return { privateKey: await readWallet(config), found: [] };
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    return { privateKey: undefined, found: [broken(error, "Check KEYSTORE and KEYSTORE_PASSWORD_FILE.")] };
  }
}
