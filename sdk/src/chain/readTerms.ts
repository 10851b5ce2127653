import { encodeEventTopics, numberToHex, parseEventLogs, type Address } from "viem";
import { decodeRevert } from "../errors/decodeRevert.ts";
import { MillraceError } from "../errors/MillraceError.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";
import type { Terms } from "../terms.ts";
import type { Chain } from "./chain.ts";
import { readLogs } from "./readLogs.ts";

/** What a deal's creation says. */
export interface DealCreation {
  deal: bigint;
  owner: Address;
  terms: Terms;
  feeBps: number;
  minFundedEpochs: number;
  /** epoch of the creation */
  epoch: number;
  blockNumber: bigint;
}

/**
 * A deal's terms, from the chain's logs alone.
 * @throws MillraceError `deals-unknown` if there is no such deal
 */
export async function readTerms(chain: Chain, deal: bigint): Promise<Terms> {
  return (await readDealCreation(chain, deal)).terms;
}

/**
 * A deal's creation, from the chain's logs alone.
 * @throws MillraceError `deals-unknown` if there is no such deal
 */
export async function readDealCreation(chain: Chain, deal: bigint): Promise<DealCreation> {
  const toBlock = await chain.publicClient.getBlockNumber().catch((error: unknown) => {
    throw decodeRevert(error, { deployment: chain.deployment });
  });
  const [topic] = encodeEventTopics({ abi: dealsAbi, eventName: "DealCreated" });
  const logs = await readLogs(chain, {
    address: chain.deployment.contracts.deals,
    topics: [topic, numberToHex(deal, { size: 32 })],
    fromBlock: BigInt(chain.deployment.deploymentBlock),
    toBlock,
  });
  const [created] = parseEventLogs({ abi: dealsAbi, eventName: "DealCreated", logs });
  if (created === undefined) throw unknownDeal(deal);
  const { owner, terms, feeBps, minFundedEpochs, epoch } = created.args;
  return { deal, owner, terms, feeBps, minFundedEpochs, epoch, blockNumber: created.blockNumber };
}

/** The words for a deal that the chain doesn't know; the same as the contract's own revert. */
export function unknownDeal(deal: bigint): MillraceError {
  return new MillraceError({
    code: "deals-unknown",
    shortMessage: `There is no deal ${deal.toString()}.`,
    nextStep: "List the deals: millrace deal list",
  });
}
