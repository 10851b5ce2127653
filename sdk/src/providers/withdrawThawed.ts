import type { Address, TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { eventOf } from "../chain/eventOf.ts";
import { requireAccount } from "../chain/requireAccount.ts";
import { send } from "../chain/send.ts";
import { stakingAbi } from "../generated/stakingAbi.ts";

export interface WithdrawThawedParameters {
  provider: number;
  /** the number that {@link requestThaw} returned */
  thaw: number;
  /** default the sender */
  to?: Address | undefined;
}

/**
 * The provider's owner takes out a thawed amount.
 * @returns the amount, MILL with 18 decimals
 * @throws MillraceError `staking-thaw-not-ready`, `staking-thaw-unknown`, `staking-unauthorized` and as {@link send}
 */
export async function withdrawThawed(
  chain: Chain,
  { provider, thaw, to }: WithdrawThawedParameters,
): Promise<{ amount: bigint; receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.staking,
    abi: stakingAbi,
    functionName: "withdrawThawed",
    args: [provider, thaw, to ?? requireAccount(chain).address],
  });
  return { amount: eventOf(receipt, { abi: stakingAbi, eventName: "ThawWithdrawn" }).amount, receipt };
}
