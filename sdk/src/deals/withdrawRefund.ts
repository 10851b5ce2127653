import type { Address, TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { eventOf } from "../chain/eventOf.ts";
import { requireAccount } from "../chain/requireAccount.ts";
import { send } from "../chain/send.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";

export interface WithdrawRefundParameters {
  /** the payment token */
  token: Address;
  /** default the sender */
  to?: Address | undefined;
}

/**
 * A deal owner takes the refunds of funded epochs that workers missed.
 * @returns the amount, in smallest units of the token
 * @throws MillraceError `deals-nothing-owed` and as {@link send}
 */
export async function withdrawRefund(
  chain: Chain,
  { token, to }: WithdrawRefundParameters,
): Promise<{ amount: bigint; receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.deals,
    abi: dealsAbi,
    functionName: "withdrawRefund",
    args: [token, to ?? requireAccount(chain).address],
  });
  return { amount: eventOf(receipt, { abi: dealsAbi, eventName: "RefundWithdrawn" }).amount, receipt };
}
