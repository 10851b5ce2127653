import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { send } from "../chain/send.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";

export interface PayTipParameters {
  deal: bigint;
  node: number;
}

/**
 * Anyone credits a worker's tip to those who found it, once it has ended or can be challenged no more.
 * @throws MillraceError `deals-no-tip`, `deals-tip-held`, `deals-worker-unknown` and as {@link send}
 */
export async function payTip(
  chain: Chain,
  { deal, node }: PayTipParameters,
): Promise<{ receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.deals,
    abi: dealsAbi,
    functionName: "payTip",
    args: [deal, node],
  });
  return { receipt };
}
