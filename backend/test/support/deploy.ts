// TEMPORARY until scripts/deploy.ts
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseDeployment, type Deployment } from "@millrace/sdk";
import { parseEther, type Abi, type Hex } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { testClient } from "../../../scripts/devnet/chain.ts";

const artifacts = join(import.meta.dirname, "../../../artifacts/contracts");

export async function deployContracts({
  rpcUrl,
  epochDuration,
}: {
  rpcUrl: string;
  folder: string;
  epochDuration: number;
}): Promise<Deployment> {
  const client = testClient(rpcUrl);
  const phrase = "test test test test test test test test test test test junk";
  const accounts = [...Array(8).keys()].map((addressIndex) => mnemonicToAccount(phrase, { addressIndex }));
  const account = accounts[0];
  if (account === undefined) throw new Error();
  const deploymentBlock = Number(await client.getBlockNumber()) + 1;
  const genesis = Number((await client.getBlock()).timestamp);
  const deploy = async (path: string, args: readonly unknown[]): Promise<Hex> => {
    const name = path.split("/").at(-1) ?? "";
    const { abi, bytecode } = JSON.parse(
      await readFile(join(artifacts, `${path}.sol/${name}.json`), "utf8"),
    ) as { abi: Abi; bytecode: Hex };
    const hash = await client.deployContract({ account, abi, bytecode, args, chain: null } as never);
    const { contractAddress } = await client.waitForTransactionReceipt({ hash });
    if (contractAddress == null) throw new Error(`no ${name}`);
    return contractAddress;
  };
  const bind = async (address: Hex, deals: Hex) => {
    const abi = [
      {
        type: "function",
        name: "bind",
        inputs: [{ type: "address", name: "deals" }],
        outputs: [],
        stateMutability: "nonpayable",
      },
    ] as const;
    const hash = await client.writeContract({
      account,
      address,
      abi,
      functionName: "bind",
      args: [deals],
      chain: null,
    });
    await client.waitForTransactionReceipt({ hash });
  };
  const mill = await deploy("token/Mill", [
    accounts.map((a) => a.address),
    accounts.map(() => parseEther("100000")),
  ]);
  const tusd = await deploy("token/TestStablecoin", []);
  const timelock = await deploy("governance/Timelock", [0n, [account.address], [account.address]]);
  const parameters = await deploy("governance/Parameters", [
    timelock,
    {
      stakePerUnit: parseEther("200"),
      thawPeriod: 60,
      minFundedEpochs: 2,
      protocolFeeBps: 100,
      maxMissedEpochs: 2,
      evictionSlashBps: 100,
      resignNoticeEpochs: 2,
    },
  ]);
  const registry = await deploy("registry/Registry", [
    parameters,
    account.address,
    BigInt(genesis),
    epochDuration,
  ]);
  const staking = await deploy("staking/Staking", [mill, registry, parameters, account.address]);
  const deals = await deploy("deals/Deals", [
    registry,
    staking,
    parameters,
    timelock,
    BigInt(genesis),
    epochDuration,
  ]);
  await bind(registry, deals);
  await bind(staking, deals);
  return parseDeployment({
    network: "devnet",
    chainId: 31337,
    deploymentBlock,
    genesis,
    epochDuration,
    contracts: { mill, parameters, registry, staking, deals, timelock },
    paymentTokens: [{ symbol: "tUSD", address: tusd, decimals: 6 }],
  });
}
