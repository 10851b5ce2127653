import { read, stakingAbi, type Chain } from "@millrace/sdk";
import { formatDuration, formatMill, formatTime } from "../format.ts";

/** MILL on its way out of a provider's stake. */
export interface Thaw {
  readonly thaw: number;
  readonly amount: bigint;
  /** Unix seconds from which it can be withdrawn. */
  readonly readyAt: number;
}

/** A provider's thaws that were not withdrawn yet, oldest first. */
export async function readThaws(chain: Chain, provider: number): Promise<Thaw[]> {
  const contract = { address: chain.deployment.contracts.staking, abi: stakingAbi } as const;
  const { thawCount } = await read(chain, { ...contract, functionName: "getStake", args: [provider] });
  const thaws = await Promise.all(
    Array.from({ length: thawCount }, async (_, index) => {
      const args = [provider, index + 1] as const;
      const { amount, readyAt } = await read(chain, { ...contract, functionName: "getThaw", args });
      return { thaw: index + 1, amount, readyAt: Number(readyAt) };
    }),
  );
  return thaws.filter(({ amount }) => amount > 0n);
}

/** "100 MILL from 2026-11-22 17:45:10 CET (in 20 s)". */
export function describeThaw({ amount, readyAt }: Thaw, nowSeconds: number): string {
  const left = readyAt - nowSeconds;
  return `${formatMill(amount)} from ${formatTime(readyAt)}${left > 0 ? ` (in ${formatDuration(left)})` : ""}`;
}
