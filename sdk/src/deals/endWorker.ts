import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/connect.ts";
import { readTerms } from "../chain/readTerms.ts";
import { send } from "../chain/send.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";
import type { Terms } from "../terms.ts";

export interface EndWorkerParameters {
  deal: bigint;
  node: number;
  /** looked up in the logs if not given */
  terms?: Terms | undefined;
}

/**
 * Ends a worker whose notice is over (anyone), or at once while the deal is insolvent (the provider's owner).
 * @throws MillraceError `deals-not-resigned`, `deals-notice-not-over`, `deals-not-insolvent` and as {@link send}
 */
export async function endWorker(
  chain: Chain,
  { deal, node, terms }: EndWorkerParameters,
): Promise<{ receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.deals,
    abi: dealsAbi,
    functionName: "endWorker",
    args: [deal, terms ?? (await readTerms(chain, deal)), node],
  });
  return { receipt };
}
