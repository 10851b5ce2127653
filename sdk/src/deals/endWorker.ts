import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { send } from "../chain/send.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";

export interface EndWorkerParameters {
  deal: bigint;
  node: number;
}

/**
 * Ends a worker whose notice is over (anyone), or at once while the deal is insolvent (the provider's owner).
 * @throws MillraceError `deals-not-resigned`, `deals-notice-not-over`, `deals-not-insolvent` and as {@link send}
 */
export async function endWorker(
  chain: Chain,
  { deal, node }: EndWorkerParameters,
): Promise<{ receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.deals,
    abi: dealsAbi,
    functionName: "endWorker",
    args: [deal, node],
  });
  return { receipt };
}
