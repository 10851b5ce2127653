import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { send } from "../chain/send.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";

export interface UnbarProviderParameters {
  deal: bigint;
  provider: number;
}

/**
 * The owner lets a barred provider in again.
 * @throws MillraceError `deals-unauthorized` and as {@link send}
 */
export async function unbarProvider(
  chain: Chain,
  { deal, provider }: UnbarProviderParameters,
): Promise<{ receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.deals,
    abi: dealsAbi,
    functionName: "unbar",
    args: [deal, provider],
  });
  return { receipt };
}
