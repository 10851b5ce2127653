import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { send } from "../chain/send.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";

export interface StopDealParameters {
  deal: bigint;
}

/**
 * The owner ends a deal with the present epoch; the rest can be withdrawn then.
 * @throws MillraceError `deals-unauthorized`, `deals-ended` and as {@link send}
 */
export async function stopDeal(
  chain: Chain,
  { deal }: StopDealParameters,
): Promise<{ receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.deals,
    abi: dealsAbi,
    functionName: "stop",
    args: [deal],
  });
  return { receipt };
}
