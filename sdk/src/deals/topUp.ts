import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { findPaymentToken } from "../chain/deployment.ts";
import { readDealView } from "../chain/readDealView.ts";
import { send } from "../chain/send.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";
import { withAllowance } from "../tokens/withAllowance.ts";

export interface TopUpParameters {
  deal: bigint;
  /** smallest units of the payment token */
  amount: bigint;
}

/**
 * Adds money to a deal; anyone may. By permit or approval as {@link createDeal}.
 * @throws MillraceError `deals-unknown`, `deals-ended`, `erc20-insufficient-balance` and as {@link send}
 */
export async function topUp(
  chain: Chain,
  { deal, amount }: TopUpParameters,
): Promise<{ receipt: TransactionReceipt }> {
  const { paymentToken } = (await readDealView(chain, deal)).deal;
  const address = chain.deployment.contracts.deals;
  const token = findPaymentToken(chain.deployment, paymentToken);
  const contract = { address, abi: dealsAbi, token } as const;
  const allowance = { token: paymentToken, spender: address, amount, units: token };
  const { receipt } = await withAllowance(chain, allowance, (permit) =>
    permit === undefined
      ? send(chain, { ...contract, functionName: "topUp", args: [deal, amount] })
      : send(chain, {
          ...contract,
          functionName: "topUpWithPermit",
          args: [deal, amount, permit.deadline, permit.v, permit.r, permit.s],
        }),
  );
  return { receipt };
}
