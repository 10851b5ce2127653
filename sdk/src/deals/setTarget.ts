import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { readTerms } from "../chain/readTerms.ts";
import { send } from "../chain/send.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";
import type { Terms } from "../terms.ts";

export interface SetTargetParameters {
  deal: bigint;
  /** workers wanted from now on, between the terms' minWorkers and maxWorkers */
  targetWorkers: number;
  /** nodes whose workers are dismissed with the present epoch; at most `targetWorkers` may be left */
  dismissed?: readonly number[] | undefined;
  /** looked up in the logs if not given */
  terms?: Terms | undefined;
}

/**
 * The owner, or the scaler it named ({@link setScaler}), changes how many workers a deal wants. Raising it needs the balance for minFundedEpochs with all of them at
 * the price limit.
 * @throws MillraceError `deals-target-out-of-bounds`, `deals-workers-above-target`, `deals-balance-too-small`,
 * `deals-unauthorized`, `deals-ended`, for a scaler `deals-scaler-too-soon`, `deals-scaler-dismissal`,
 * `deals-scaler-cap-exceeded`, for the nodes as {@link dismiss}, and as {@link send}
 */
export async function setTarget(
  chain: Chain,
  { deal, targetWorkers, dismissed = [], terms }: SetTargetParameters,
): Promise<{ receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.deals,
    abi: dealsAbi,
    functionName: "setTarget",
    args: [deal, terms ?? (await readTerms(chain, deal)), targetWorkers, dismissed],
  });
  return { receipt };
}
