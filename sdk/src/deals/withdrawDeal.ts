import type { Address, TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { findPaymentToken } from "../chain/deployment.ts";
import { readDealView } from "../chain/readDealView.ts";
import { requireAccount } from "../chain/requireAccount.ts";
import { send } from "../chain/send.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";

export interface WithdrawDealParameters {
  deal: bigint;
  /** smallest units of the payment token; default all that can be withdrawn now */
  amount?: bigint | undefined;
  /** default the sender */
  to?: Address | undefined;
}

/**
 * The owner takes money out of a deal: above minFundedEpochs while it runs, everything left once it is over.
 * @returns what was withdrawn, in smallest units
 * @throws MillraceError `deals-unauthorized`, `deals-withdraw-too-large`, `deals-zero-amount` and as {@link send}
 */
export async function withdrawDeal(
  chain: Chain,
  { deal, amount: wanted, to }: WithdrawDealParameters,
): Promise<{ amount: bigint; receipt: TransactionReceipt }> {
  const { deal: state, withdrawable } = await readDealView(chain, deal);
  const amount = wanted ?? withdrawable;
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.deals,
    abi: dealsAbi,
    functionName: "withdraw",
    args: [deal, amount, to ?? requireAccount(chain).address],
    token: findPaymentToken(chain.deployment, state.paymentToken),
  });
  return { amount, receipt };
}
