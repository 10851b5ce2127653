import { type PublicClient, formatEther, getAddress } from "viem";
import { millAbi } from "../sdk/src/generated/millAbi.ts";
import type { DeploymentRecord } from "./record.ts";
import type { DeploymentSettings } from "./settings.ts";

/**
 * Checks that MILL lies with its first holders and nowhere else. True right after a deployment only.
 *
 * @returns one sentence for each thing that is wrong
 */
export async function checkMill(parameters: {
  client: PublicClient;
  record: DeploymentRecord;
  settings: DeploymentSettings;
}): Promise<string[]> {
  const { client, record, settings } = parameters;
  const mill = { address: getAddress(record.contracts.mill), abi: millAbi } as const;
  const due = new Map<string, bigint>();
  for (const { holder, amount } of settings.firstHolders) {
    const address = holder === "treasury" ? record.contracts.timelock : holder;
    due.set(address, (due.get(address) ?? 0n) + amount);
  }
  const supply = [...due.values()].reduce((sum, amount) => sum + amount, 0n);
  const actualSupply = await client.readContract({ ...mill, functionName: "totalSupply" });
  const problems =
    actualSupply === supply
      ? []
      : [`There are ${formatEther(actualSupply)} MILL, not ${formatEther(supply)}.`];
  const wrong = await Promise.all(
    [...due].map(async ([holder, amount]) => {
      const balance = await client.readContract({
        ...mill,
        functionName: "balanceOf",
        args: [getAddress(holder)],
      });
      return balance === amount
        ? undefined
        : `${holder} holds ${formatEther(balance)} MILL, not ${formatEther(amount)}.`;
    }),
  );
  return [...problems, ...wrong.filter((problem) => problem !== undefined)];
}

/**
 * Checks that every payment token of the record is a token with the decimals it says.
 *
 * @returns one sentence for each thing that is wrong
 */
export async function checkPaymentTokens(parameters: {
  client: PublicClient;
  record: DeploymentRecord;
}): Promise<string[]> {
  const { client, record } = parameters;
  const problems = await Promise.all(
    record.paymentTokens.map(async ({ symbol, address, decimals }) => {
      const actual = await client
        .readContract({ address: getAddress(address), abi: millAbi, functionName: "decimals" })
        .catch(() => undefined);
      if (actual === undefined) return `There is no token ${symbol} at ${address}.`;
      return actual === decimals ? undefined : `${symbol} has ${actual} decimals, not ${decimals}.`;
    }),
  );
  return problems.filter((problem) => problem !== undefined);
}
