import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { eventOf } from "../chain/eventOf.ts";
import { send } from "../chain/send.ts";
import { stakingAbi } from "../generated/stakingAbi.ts";

export interface RequestThawParameters {
  provider: number;
  /** MILL, 18 decimals */
  amount: bigint;
}

/**
 * The provider's owner asks for free stake back.
 * @returns the thaw's number
 * @throws MillraceError `staking-free-stake-short`, `staking-unauthorized` and as {@link send}
 */
export async function requestThaw(
  chain: Chain,
  { provider, amount }: RequestThawParameters,
): Promise<{ thaw: number; receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.staking,
    abi: stakingAbi,
    functionName: "requestThaw",
    args: [provider, amount],
  });
  return { thaw: eventOf(receipt, { abi: stakingAbi, eventName: "ThawRequested" }).thaw, receipt };
}
