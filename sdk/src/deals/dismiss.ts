import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/connect.ts";
import { readTerms } from "../chain/readTerms.ts";
import { send } from "../chain/send.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";
import type { Terms } from "../terms.ts";

export interface DismissParameters {
  deal: bigint;
  node: number;
  /** looked up in the logs if not given */
  terms?: Terms | undefined;
}

/**
 * The owner ends a worker with the present epoch, or with its first if that is yet to come.
 * @throws MillraceError `deals-unauthorized`, `deals-worker-unknown`, `deals-worker-ended` and as {@link send}
 */
export async function dismiss(
  chain: Chain,
  { deal, node, terms }: DismissParameters,
): Promise<{ receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.deals,
    abi: dealsAbi,
    functionName: "dismiss",
    args: [deal, terms ?? (await readTerms(chain, deal)), node],
  });
  return { receipt };
}
