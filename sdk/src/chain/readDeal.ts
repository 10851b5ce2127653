import type { Address, Hex } from "viem";
import { dealStatuses, nameAt, type DealStatus } from "../api/schemas/names.ts";
import type { Terms } from "../terms.ts";
import type { Chain } from "./chain.ts";
import { readDealView, type DealView } from "./readDealView.ts";
import { readTerms } from "./readTerms.ts";

/** A deal as if it had been settled in the newest block. Amounts are smallest units of the payment token. */
export interface DealState extends Omit<DealView["deal"], "endEpoch" | "insolventSince"> {
  id: bigint;
  owner: Address;
  terms: Terms;
  termsHash: Hex;
  status: DealStatus;
  /** last epoch the balance covers at the present rate; undefined when nothing is charged */
  fundedThroughEpoch: bigint | undefined;
  /** what the owner can withdraw now */
  withdrawable: bigint;
  /** seconds after a worker's last epoch before its lock comes back; 0 where what it served cannot be disputed */
  disputeWindow: number;
  /** undefined while open */
  endEpoch: number | undefined;
  /** first epoch of the present run of unfunded epochs; undefined if none */
  insolventSince: number | undefined;
}

const uint256Max = 2n ** 256n - 1n;

/**
 * A deal's state and terms from the chain. Pass the terms if they are known: else they are looked up in the logs.
 * @throws MillraceError `deals-unknown`, `rpc-unreachable`
 */
export async function readDeal(chain: Chain, deal: bigint, knownTerms?: Terms): Promise<DealState> {
  const [view, terms] = await Promise.all([readDealView(chain, deal), knownTerms ?? readTerms(chain, deal)]);
  const { endEpoch, insolventSince, ...rest } = view.deal;
  return {
    ...rest,
    id: deal,
    owner: view.owner,
    terms,
    termsHash: view.termsHash,
    status: nameAt(dealStatuses, view.status - 1),
    fundedThroughEpoch: view.fundedThroughEpoch === uint256Max ? undefined : view.fundedThroughEpoch,
    withdrawable: view.withdrawable,
    disputeWindow: view.disputeWindow,
    endEpoch: endEpoch === 0 ? undefined : endEpoch,
    insolventSince: insolventSince === 0 ? undefined : insolventSince,
  };
}
