import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { eventOf } from "../chain/eventOf.ts";
import { send } from "../chain/send.ts";
import { stakingAbi } from "../generated/stakingAbi.ts";

/**
 * Anyone executes a slash that nobody vetoed in time: shares are booked, the rest is burned.
 * @param slash its number
 * @returns what is the deal owner's, what the reporter's and what was burned, MILL with 18 decimals
 * @throws MillraceError `staking-veto-not-over`, `staking-slash-unknown` and as {@link send}
 */
export async function executeSlash(
  chain: Chain,
  { slash }: { slash: bigint },
): Promise<{ ownerShare: bigint; reporterShare: bigint; burned: bigint; receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.staking,
    abi: stakingAbi,
    functionName: "executeSlash",
    args: [slash],
  });
  const { ownerShare, reporterShare, burned } = eventOf(receipt, {
    abi: stakingAbi,
    eventName: "SlashExecuted",
  });
  return { ownerShare, reporterShare, burned, receipt };
}
