/** Runs the Ignition module against a chain and tells where everything is. */
import {
  HardhatArtifactResolver,
  errorDeploymentResultToExceptionMessage,
} from "@nomicfoundation/hardhat-ignition/helpers";
import {
  type DeployConfig,
  DeploymentResultType,
  type EIP1193Provider,
  deploy,
  listTransactions,
} from "@nomicfoundation/ignition-core";
import { millraceModule } from "./modules/millrace.ts";
import type { DeploymentRecord } from "./record.ts";
import type { DeploymentSettings } from "./settings.ts";

/** What one deployment is told. */
export interface DeployParameters {
  readonly network: string;
  readonly settings: DeploymentSettings;
  /** Unix seconds at which epoch 0 begins; not after the chain's present. */
  readonly genesis: number;
  /** A provider whose first account can send transactions. */
  readonly provider: EIP1193Provider;
  readonly artifacts: ConstructorParameters<typeof HardhatArtifactResolver>[0];
  /** Ignition's journal; a folder with an unfinished deployment is gone on with. */
  readonly journalFolder: string;
  readonly config: Partial<DeployConfig>;
}

/**
 * Deploys every contract and binds them to each other.
 *
 * @returns the record of the deployment, not checked yet
 * @throws Error with Ignition's explanation if a transaction fails or the journal is of another deployment
 */
export async function deployMillrace(parameters: DeployParameters): Promise<DeploymentRecord> {
  const { network, settings, genesis, provider, journalFolder } = parameters;
  const artifactResolver = new HardhatArtifactResolver(parameters.artifacts);
  const accounts = (await provider.request({ method: "eth_accounts" })) as string[];
  if (accounts.length === 0) {
    throw new Error(
      "There is no account to deploy from. Set MILLRACE_DEPLOYER_KEY or put it into Hardhat's keystore.",
    );
  }
  const [deployer = ""] = accounts;
  if (settings.governance.guardian?.toLowerCase() === deployer.toLowerCase()) {
    throw new Error(
      `The deployer ${deployer} must not be the guardian. Name another guardian, or deploy from another account.`,
    );
  }
  const result = await deploy({
    artifactResolver,
    provider,
    deploymentDir: journalFolder,
    ignitionModule: millraceModule({ settings, genesis }),
    deploymentParameters: {},
    accounts,
    config: parameters.config,
  });
  if (result.type !== DeploymentResultType.SUCCESSFUL_DEPLOYMENT) {
    throw new Error(errorDeploymentResultToExceptionMessage(result));
  }
  const address = (contract: string): string => {
    const found = result.contracts[`Millrace#${contract}`];
    if (found === undefined) throw new Error(`Ignition did not say where ${contract} is.`);
    return found.address;
  };
  const transactions = await listTransactions(journalFolder, artifactResolver);
  return {
    network,
    chainId: Number(await provider.request({ method: "eth_chainId" })),
    deploymentBlock: await firstBlock(
      provider,
      transactions.map(({ txHash }) => txHash),
    ),
    genesis,
    epochDuration: settings.epochDurationSeconds,
    contracts: {
      mill: address("Mill"),
      parameters: address("Parameters"),
      registry: address("Registry"),
      staking: address("Staking"),
      deals: address("Deals"),
      modules: address("Modules"),
      timelock: address("Timelock"),
      governor: address("MillraceGovernor"),
      votingPower: address("VotingPower"),
    },
    paymentTokens: [
      ...settings.paymentTokens,
      ...(settings.testStablecoin
        ? [{ symbol: "tUSD", address: address("TestStablecoin"), decimals: 6 }]
        : []),
    ],
  };
}

async function firstBlock(provider: EIP1193Provider, hashes: readonly string[]): Promise<number> {
  const blocks = await Promise.all(
    hashes.map(async (hash) => {
      const receipt = (await provider.request({ method: "eth_getTransactionReceipt", params: [hash] })) as {
        blockNumber: string;
      } | null;
      // A transaction that was replaced has no receipt.
      return receipt === null ? Number.POSITIVE_INFINITY : Number(receipt.blockNumber);
    }),
  );
  return Math.min(...blocks);
}
