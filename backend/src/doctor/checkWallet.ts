import type { Chain } from "@millrace/sdk";
import { formatEther } from "viem";
import { findings, type Finding } from "./finding.ts";

/** Gas of a large match; a wallet that can't pay one is of no use. */
const gasOfOneMatch = 1_000_000n;
const daysWanted = 7;

/**
 * Gas money for the days to come at the rate of the last 24 hours.
 * @param spentADay wei; undefined: not known
 */
export async function checkGasMoney(chain: Chain, spentADay: bigint | undefined): Promise<Finding[]> {
  const { ok, warn, fail } = findings("wallet");
  const { account, publicClient } = chain;
  if (account === undefined) return [];
  const [balance, { maxFeePerGas }] = await Promise.all([
    publicClient.getBalance({ address: account.address }),
    publicClient.estimateFeesPerGas(),
  ]);
  const has = `${account.address} has ${formatEther(balance)} coins`;
  const one = gasOfOneMatch * maxFeePerGas;
  if (balance < one)
    return [fail(`${has}; one match may cost ${formatEther(one)}.`, `Send coins to ${account.address}.`)];
  if (spentADay === undefined || spentADay === 0n)
    return [ok(`${has}, enough for ${balance / one} matches; the last day's costs are not known.`)];
  const days = Number((balance * 10n) / spentADay) / 10;
  const lasts = `${has}, which last ${days} days at ${formatEther(spentADay)} a day`;
  return days < daysWanted
    ? [
        warn(
          `${lasts}.`,
          `Send ${formatEther(spentADay * BigInt(daysWanted) - balance)} or more to ${account.address}.`,
        ),
      ]
    : [ok(`${lasts}.`)];
}
