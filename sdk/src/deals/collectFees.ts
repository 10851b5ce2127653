import type { Address, TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { eventOf } from "../chain/eventOf.ts";
import { send } from "../chain/send.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";

/**
 * Anyone sends the protocol fees collected in a token to the treasury.
 * @returns the amount, in smallest units of the token
 * @throws MillraceError `deals-nothing-owed` and as {@link send}
 */
export async function collectFees(
  chain: Chain,
  { token }: { token: Address },
): Promise<{ amount: bigint; receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.deals,
    abi: dealsAbi,
    functionName: "collectFees",
    args: [token],
  });
  return { amount: eventOf(receipt, { abi: dealsAbi, eventName: "FeesCollected" }).amount, receipt };
}
