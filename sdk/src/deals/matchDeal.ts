import { parseEventLogs, type TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { readTerms } from "../chain/readTerms.ts";
import { send } from "../chain/send.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";
import type { Terms } from "../terms.ts";

export interface MatchDealParameters {
  deal: bigint;
  /** nodes in order of preference, with the highest ask (per unit and epoch) accepted of each */
  candidates: readonly { node: number; maxAsk: bigint }[];
  /** looked up in the logs if not given */
  terms?: Terms | undefined;
}

/**
 * Proposes nodes for a deal; anyone may, the contract decides on each.
 * @returns the nodes that were assigned
 * @throws MillraceError `deals-nothing-matched`, `deals-below-minimum-workers`, `deals-balance-too-small` and as
 * {@link send}
 */
export async function matchDeal(
  chain: Chain,
  { deal, candidates, terms }: MatchDealParameters,
): Promise<{ assigned: number[]; receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.deals,
    abi: dealsAbi,
    functionName: "matchDeal",
    args: [deal, terms ?? (await readTerms(chain, deal)), candidates],
  });
  const events = parseEventLogs({ abi: dealsAbi, eventName: "WorkerAssigned", logs: receipt.logs });
  return { assigned: events.map(({ args }) => args.node), receipt };
}
