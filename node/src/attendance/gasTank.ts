import type { Chain } from "@millrace/sdk";
import { formatEther } from "viem";

/** What the outbox asks for in advance: `attend` uses about 50,000, and it adds a margin. */
const attendGasLimit = 85_000n;

/** What the operator key has for gas, in wei of the chain's own coin. */
export interface GasState {
  balanceWei: bigint;
  /** what the last attendance cost; undefined before the first one of this process */
  costWei: bigint | undefined;
  /** attendances that the balance pays at that cost */
  epochsLeft: number | undefined;
}

/**
 * Reads the operator's balance and says how many attendances it pays.
 *
 * @param costWei what the last attendance cost
 */
export async function readGasState(
  chain: Chain,
  operator: `0x${string}`,
  costWei: bigint | undefined,
): Promise<GasState> {
  const balanceWei = await chain.publicClient.getBalance({ address: operator });
  const epochsLeft = costWei === undefined || costWei === 0n ? undefined : Number(balanceWei / costWei);
  return { balanceWei, costWei, epochsLeft };
}

/** Wei that the account must hold for an attendance to be accepted now. */
export async function neededWei({ publicClient }: Chain): Promise<bigint> {
  return attendGasLimit * (await publicClient.estimateFeesPerGas()).maxFeePerGas;
}

/**
 * Says how much gas money is missing.
 *
 * @param needed wei that one attendance needs
 */
export function describeShortage(operator: string, balanceWei: bigint, needed: bigint): string {
  const missing =
    needed > balanceWei ? `${formatEther(needed - balanceWei)} is missing` : "that is too little";
  return `Out of gas money: the operator ${operator} holds ${formatEther(balanceWei)} of the chain's coin, an attendance needs ${formatEther(needed)}: ${missing}.`;
}
