import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { findPaymentToken } from "../chain/deployment.ts";
import { eventOf } from "../chain/eventOf.ts";
import { send } from "../chain/send.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";
import type { Terms } from "../terms.ts";
import { withAllowance } from "../tokens/withAllowance.ts";

export interface CreateDealParameters {
  terms: Terms;
  /** smallest units of the payment token; {@link quoteDeal} says how much is needed */
  deposit: bigint;
}

/**
 * Creates a deal and funds it, with a permit where the payment token has them (then it is one transaction), else with
 * an approval first.
 * @returns the new deal's id
 * @throws MillraceError `deals-deposit-too-small`, `deals-terms-invalid`, `erc20-insufficient-balance` and as {@link send}
 */
export async function createDeal(
  chain: Chain,
  { terms, deposit }: CreateDealParameters,
): Promise<{ deal: bigint; receipt: TransactionReceipt }> {
  const address = chain.deployment.contracts.deals;
  const token = findPaymentToken(chain.deployment, terms.paymentToken);
  const contract = { address, abi: dealsAbi, token } as const;
  const allowance = { token: terms.paymentToken, spender: address, amount: deposit, units: token };
  const { receipt } = await withAllowance(chain, allowance, (permit) =>
    permit === undefined
      ? send(chain, { ...contract, functionName: "createDeal", args: [terms, deposit] })
      : send(chain, {
          ...contract,
          functionName: "createDealWithPermit",
          args: [terms, deposit, permit.deadline, permit.v, permit.r, permit.s],
        }),
  );
  return { deal: eventOf(receipt, { abi: dealsAbi, eventName: "DealCreated" }).deal, receipt };
}
