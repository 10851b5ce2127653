import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { send } from "../chain/send.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";

export interface BarProviderParameters {
  deal: bigint;
  provider: number;
}

/**
 * The owner keeps a provider out of the deal's next matches.
 * @throws MillraceError `deals-unauthorized` and as {@link send}
 */
export async function barProvider(
  chain: Chain,
  { deal, provider }: BarProviderParameters,
): Promise<{ receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.deals,
    abi: dealsAbi,
    functionName: "bar",
    args: [deal, provider],
  });
  return { receipt };
}
