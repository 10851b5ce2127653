import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { eventOf } from "../chain/eventOf.ts";
import { send } from "../chain/send.ts";
import { stakingAbi } from "../generated/stakingAbi.ts";

/**
 * The guardian vetoes a slash within its term; the token holders do by a proposal, see vetoSlashAction.
 * @param slash its number
 * @returns what the provider has back as free stake, MILL with 18 decimals
 * @throws MillraceError `staking-veto-unauthorized`, `staking-veto-over`, `staking-slash-unknown` and as {@link send}
 */
export async function vetoSlash(
  chain: Chain,
  { slash }: { slash: bigint },
): Promise<{ amount: bigint; receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.staking,
    abi: stakingAbi,
    functionName: "vetoSlash",
    args: [slash],
  });
  return { amount: eventOf(receipt, { abi: stakingAbi, eventName: "SlashVetoed" }).amount, receipt };
}
