import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { send } from "../chain/send.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";

export interface ResignParameters {
  deal: bigint;
  node: number;
}

/**
 * The provider's owner gives notice for a worker.
 * @throws MillraceError `deals-unauthorized`, `deals-already-resigned` and as {@link send}
 */
export async function resign(
  chain: Chain,
  { deal, node }: ResignParameters,
): Promise<{ receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.deals,
    abi: dealsAbi,
    functionName: "resign",
    args: [deal, node],
  });
  return { receipt };
}
