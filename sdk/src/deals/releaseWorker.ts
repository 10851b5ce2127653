import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/connect.ts";
import { readTerms } from "../chain/readTerms.ts";
import { send } from "../chain/send.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";
import type { Terms } from "../terms.ts";

export interface ReleaseWorkerParameters {
  deal: bigint;
  node: number;
  /** looked up in the logs if not given */
  terms?: Terms | undefined;
}

/**
 * Anyone settles a worker that is over, and returns its units and its lock.
 * @throws MillraceError `deals-worker-running`, `deals-worker-unknown` and as {@link send}
 */
export async function releaseWorker(
  chain: Chain,
  { deal, node, terms }: ReleaseWorkerParameters,
): Promise<{ receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.deals,
    abi: dealsAbi,
    functionName: "release",
    args: [deal, terms ?? (await readTerms(chain, deal)), node],
  });
  return { receipt };
}
