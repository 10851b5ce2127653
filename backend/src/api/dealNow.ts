import { dealsAbi, dealStatuses, MillraceError, nameAt, type Chain, type DealItem } from "@millrace/sdk";
import type { DealDetails } from "../store/deals.ts";
import { readHindrance } from "../store/hindrances.ts";
import type { Item } from "../store/snapshot.ts";
import { presentDeal } from "./presentDeal.ts";
import type { ApiParameters } from "./types.ts";
import { askChain } from "./views.ts";
import { isWaiting, whyItWaits, type WaitingFor } from "./whyItWaits.ts";

/** Epochs are uint32 on the chain; "for ever" is given as the last one. */
const lastEpoch = 4_294_967_295n;

interface DealNow {
  readonly asOfBlock: number;
  readonly finalizedBlock: number;
  readonly item: DealItem & { stale?: boolean };
}

/**
 * A deal with the contract's word on its status and money, and why it waits. If the chain doesn't say in time, or is
 * behind the index and does not know the deal: what the index says, marked stale.
 */
export async function readDealNow(parameters: ApiParameters, found: Item<DealDetails>): Promise<DealNow> {
  const { asOfBlock, finalizedBlock, epoch, item: details } = found;
  const indexed = presentDeal(details, epoch);
  try {
    const [now, waitingFor] = await askChain(parameters, (chain) =>
      Promise.all([askContract(chain, details), askWhy(parameters, chain, details)]),
    );
    return { asOfBlock, finalizedBlock, item: { ...indexed, ...now, waitingFor } };
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    parameters.log.warn({ code: error.code, deal: details.row.id }, error.message);
    return { asOfBlock, finalizedBlock, item: { ...indexed, stale: true } };
  }
}

async function askContract({ publicClient, deployment }: Chain, { row }: DealDetails) {
  const { status, deal, fundedThroughEpoch } = await publicClient.readContract({
    address: deployment.contracts.deals,
    abi: dealsAbi,
    functionName: "getDeal",
    args: [BigInt(row.id)],
  });
  return {
    // The chain's 0 is `None`, which an existing deal never has.
    status: nameAt(dealStatuses, status - 1),
    balance: deal.balance.toString(),
    ratePerEpoch: deal.ratePerEpoch.toString(),
    fundedThroughEpoch: deal.ratePerEpoch === 0n ? null : clampEpoch(fundedThroughEpoch),
    settledEpoch: deal.settledEpoch,
    endEpoch: deal.endEpoch === 0 ? null : deal.endEpoch,
    targetWorkers: deal.targetWorkers,
  };
}

async function askWhy(
  { store }: ApiParameters,
  chain: Chain,
  details: DealDetails,
): Promise<WaitingFor | null> {
  if (!isWaiting(details)) return null;
  const hindrance = await readHindrance(store.database, details.row.id);
  return whyItWaits({ chain, store, details, hindrance });
}

function clampEpoch(epoch: bigint): number {
  return Number(epoch > lastEpoch ? lastEpoch : epoch);
}
