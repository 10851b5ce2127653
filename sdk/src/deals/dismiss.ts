import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { send } from "../chain/send.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";

export interface DismissParameters {
  deal: bigint;
  node: number;
}

/**
 * The owner ends a worker with the present epoch, or with its first if that is yet to come.
 * @throws MillraceError `deals-unauthorized`, `deals-worker-unknown`, `deals-worker-ended` and as {@link send}
 */
export async function dismiss(
  chain: Chain,
  { deal, node }: DismissParameters,
): Promise<{ receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.deals,
    abi: dealsAbi,
    functionName: "dismiss",
    args: [deal, node],
  });
  return { receipt };
}
