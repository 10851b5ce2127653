/**
 * Deploys the whole protocol to a chain, checks it and writes the deployment record.
 *
 *     node scripts/deploy.ts --network devnet --rpc-url http://127.0.0.1:8545 --out .millrace/deployment.json
 *
 * A devnet's own first account deploys; elsewhere the key is MILLRACE_DEPLOYER_KEY, from the environment or from
 * Hardhat's keystore (`hardhat keystore set MILLRACE_DEPLOYER_KEY`).
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { EIP1193Provider } from "@nomicfoundation/ignition-core";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import { checkDeployment } from "../deploy/check.ts";
import { deployMillrace } from "../deploy/deploy.ts";
import { type DeploymentRecord, writeRecord } from "../deploy/record.ts";
import { type DeploymentSettings, readSettings } from "../deploy/settings.ts";
import config from "../hardhat.config.ts";

const root = join(import.meta.dirname, "..");
const DEVNET_CHAIN_ID = 31_337;

const { values: options } = parseArgs({
  options: {
    network: { type: "string" },
    "rpc-url": { type: "string" },
    out: { type: "string" },
    genesis: { type: "string" },
    "epoch-duration": { type: "string" },
    parameters: { type: "string" },
  },
});

/** The settings of the network, with what the command line says differently. */
async function chooseSettings(network: string): Promise<DeploymentSettings> {
  const file = options.parameters ?? join(root, "deploy/parameters", `${network}.json`);
  const settings = await readSettings(file);
  const duration = options["epoch-duration"];
  if (duration === undefined) return settings;
  if (!/^[1-9]\d*$/.test(duration)) throw new Error("--epoch-duration takes whole seconds, for example 10.");
  return { ...settings, epochDurationSeconds: Number(duration) };
}

/** `now` is the newest block's time: the chain's clock counts, not ours. */
async function chooseGenesis(provider: EIP1193Provider, isDevnet: boolean): Promise<number> {
  const block = (await provider.request({ method: "eth_getBlockByNumber", params: ["latest", false] })) as {
    timestamp: string;
  };
  const given = options.genesis ?? (isDevnet ? "now" : undefined);
  if (given === "now") return Number(block.timestamp);
  if (given === undefined || !/^\d+$/.test(given)) {
    throw new Error(
      "--genesis takes unix seconds, and 'now' on a devnet. An interrupted deployment goes on only with the same genesis.",
    );
  }
  if (Number(given) > Number(block.timestamp)) {
    throw new Error(`--genesis ${given} is in the future; the chain is at ${Number(block.timestamp)}.`);
  }
  return Number(given);
}

async function connect(rpcUrl: string) {
  const hre = await createHardhatRuntimeEnvironment(config, {}, root);
  const probe = await hre.network.create({
    network: "remote",
    override: { url: rpcUrl, accounts: "remote" },
  });
  const chainId = Number(await probe.provider.request({ method: "eth_chainId" }));
  const isDevnet = chainId === DEVNET_CHAIN_ID;
  const useKey = !isDevnet || process.env["MILLRACE_DEPLOYER_KEY"] !== undefined;
  if (!useKey) return { hre, connection: probe, isDevnet };
  await probe.close();
  const connection = await hre.network.create({ network: "remote", override: { url: rpcUrl } });
  return { hre, connection, isDevnet };
}

async function main(): Promise<DeploymentRecord> {
  const network = options.network;
  const rpcUrl = options["rpc-url"];
  if (network === undefined || rpcUrl === undefined) {
    throw new Error(
      "Usage: node scripts/deploy.ts --network <name> --rpc-url <url> [--out <file>] [--genesis <s>]",
    );
  }
  const settings = await chooseSettings(network);
  const { hre, connection, isDevnet } = await connect(rpcUrl);
  const { provider } = connection;
  const scratch = isDevnet ? await mkdtemp(join(tmpdir(), "millrace-deploy-")) : undefined;
  try {
    const record = await deployMillrace({
      network,
      settings,
      genesis: await chooseGenesis(provider, isDevnet),
      provider,
      artifacts: hre.artifacts,
      journalFolder: scratch ?? join(root, "deployments/journal", network),
      config: isDevnet ? { requiredConfirmations: 1, blockPollingInterval: 50 } : {},
    });
    const [deployer] = (await provider.request({ method: "eth_accounts" })) as [string];
    const problems = await checkDeployment({
      provider,
      record,
      settings,
      deployer,
      compiled: (contract) => hre.artifacts.readArtifact(contract),
    });
    if (problems.length > 0) {
      throw new Error(
        `The contracts were deployed but are not as they should be:\n- ${problems.join("\n- ")}`,
      );
    }
    await writeRecord(resolve(options.out ?? join(root, "deployments", `${network}.json`)), record);
    return record;
  } finally {
    await connection.close();
    if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
  }
}

try {
  console.log(JSON.stringify(await main(), null, 2));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
