import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { send } from "../chain/send.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";

export interface ReleaseWorkerParameters {
  deal: bigint;
  node: number;
}

/**
 * Anyone settles a worker that is over, and returns its units and its lock.
 * @throws MillraceError `deals-worker-running`, `deals-worker-unknown` and as {@link send}
 */
export async function releaseWorker(
  chain: Chain,
  { deal, node }: ReleaseWorkerParameters,
): Promise<{ receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.deals,
    abi: dealsAbi,
    functionName: "release",
    args: [deal, node],
  });
  return { receipt };
}
