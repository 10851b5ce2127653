import { readFileSync } from "node:fs";
import { parseDeployment, type Deployment } from "@millrace/sdk";
import {
  type Abi,
  createWalletClient,
  encodeDeployData,
  encodeFunctionData,
  getContractAddress,
  type Hex,
  http,
  parseEther,
  publicActions,
} from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { hardhat } from "viem/chains";

const phrase = "test test test test test test test test test test test junk";

/** One of Hardhat's public accounts; each has money. */
export const account = (index: number) => mnemonicToAccount(phrase, { addressIndex: index });

interface Artifact {
  abi: Abi;
  bytecode: Hex;
}

/**
 * Deploys the contracts on a fresh chain, all in as few blocks as it likes.
 *
 * @param epochDuration seconds
 * @param holders each gets 100,000 MILL; two at least
 */
export async function deployContracts(
  rpcUrl: string,
  epochDuration: number,
  holders: `0x${string}`[],
): Promise<Deployment> {
  const deployer = account(0);
  const client = createWalletClient({ account: deployer, chain: hardhat, transport: http(rpcUrl) }).extend(
    publicActions,
  );
  const firstNonce = await client.getTransactionCount({ address: deployer.address });
  const at = (index: number) =>
    getContractAddress({ from: deployer.address, nonce: BigInt(firstNonce + index) });
  const names = [
    ...(["timelock", "parameters", "mill", "registry", "staking", "matching", "control", "deals"] as const),
    ...(["modules", "votingPower", "governor", "token"] as const),
  ];
  const addresses = names.map((name, index) => [name, at(index)] as const);
  const contracts = Object.fromEntries(addresses) as Record<(typeof names)[number], Hex>;
  const { timelock, parameters, mill, registry, staking, matching, control, deals, modules } = contracts;
  const { votingPower, governor, token } = contracts;
  const { timestamp: genesis, number: deploymentBlock } = await client.getBlock();
  const values = {
    stakePerUnit: parseEther("200"),
    thawPeriod: 60,
    minFundedEpochs: 2,
    protocolFeeBps: 100,
    maxMissedEpochs: 2,
    evictionSlashBps: 100,
    resignNoticeEpochs: 2,
    entryPausedUntil: 0n,
  };
  const windows = {
    slashVetoWindow: 60,
    matchChallengeWindow: 2,
    disputeWindow: 20,
    maxDisputeDuration: 40,
  };
  const common = [registry, staking, parameters, timelock, genesis, epochDuration];
  const amounts = holders.map(() => parseEther("100000"));
  const transactions: { to?: Hex; data: Hex }[] = [
    { data: creation("governance/Timelock", [0n, deployer.address]) },
    { data: creation("governance/Parameters", [timelock, deployer.address, values, windows, 10]) },
    { data: creation("token/Mill", [timelock, holders, amounts]) },
    { data: creation("registry/Registry", [parameters, deployer.address, genesis, epochDuration]) },
    { data: creation("staking/Staking", [mill, registry, parameters, deployer.address]) },
    { data: creation("deals/DealsMatching", common) },
    { data: creation("deals/DealsControl", common) },
    { data: creation("deals/Deals", [matching, control]) },
    { data: creation("deals/Modules", [deals]) },
    { data: creation("governance/VotingPower", [mill, staking, timelock]) },
    { data: creation("governance/MillraceGovernor", [votingPower, timelock, parameters, 1, 30, 0n, 4n]) },
    { data: creation("token/TestStablecoin", []) },
    { to: registry, data: binding("registry/Registry", deals) },
    { to: staking, data: binding("staking/Staking", deals) },
    { to: timelock, data: binding("governance/Timelock", governor) },
  ];
  for (const [index, transaction] of transactions.entries()) {
    const hash = await client.sendTransaction({
      ...transaction,
      nonce: firstNonce + index,
      gas: 12_000_000n,
    });
    const { status } = await client.waitForTransactionReceipt({ hash, pollingInterval: 50 });
    if (status !== "success") throw new Error(`deployment transaction ${index} failed`);
  }
  return parseDeployment({
    network: "test",
    chainId: hardhat.id,
    deploymentBlock: Number(deploymentBlock),
    genesis: Number(genesis),
    epochDuration,
    contracts: { mill, parameters, registry, staking, deals, modules, timelock, votingPower, governor },
    paymentTokens: [{ symbol: "tUSD", address: token, decimals: 6 }],
  });
}

function artifact(path: string): Artifact {
  const url = new URL(
    `../../../artifacts/contracts/${path}.sol/${path.split("/")[1] ?? ""}.json`,
    import.meta.url,
  );
  return JSON.parse(readFileSync(url, "utf8")) as Artifact;
}

function creation(path: string, args: unknown[]): Hex {
  return encodeDeployData({ ...artifact(path), args });
}

function binding(path: string, to: Hex): Hex {
  return encodeFunctionData({ abi: artifact(path).abi, functionName: "bind", args: [to] });
}
