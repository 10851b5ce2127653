import type { Address, TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { eventOf } from "../chain/eventOf.ts";
import { requireAccount } from "../chain/requireAccount.ts";
import { send } from "../chain/send.ts";
import { stakingAbi } from "../generated/stakingAbi.ts";

/**
 * The sender takes all its shares of executed slashes.
 * @param to default the sender
 * @returns the amount, MILL with 18 decimals
 * @throws MillraceError `staking-no-shares` and as {@link send}
 */
export async function withdrawShares(
  chain: Chain,
  { to }: { to?: Address | undefined } = {},
): Promise<{ amount: bigint; receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.staking,
    abi: stakingAbi,
    functionName: "withdrawShares",
    args: [to ?? requireAccount(chain).address],
  });
  return { amount: eventOf(receipt, { abi: stakingAbi, eventName: "SharesWithdrawn" }).amount, receipt };
}
