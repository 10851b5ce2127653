import {
  attributeName,
  digestToCid,
  endCauses,
  hardwareClasses,
  nameAt,
  regionGroups,
  type AttestationItem,
  type AttributesJson,
  type EventItem,
  type NodeItem,
  type OfferItem,
  type PaymentItem,
  type ProviderItem,
  type WorkerItem,
} from "@millrace/sdk";
import type { Address, Hex } from "viem";
import type { AttestationDetails } from "../store/attestations.ts";
import type { WorkerDetails } from "../store/deals.ts";
import type { DealState } from "../store/deriveDeal.ts";
import { eventId, paymentId } from "../store/log.ts";
import type { NodeDetails, OfferDetails } from "../store/nodes.ts";
import type { ProviderDetails } from "../store/providers.ts";
import type { EventRow, PaymentRow } from "../store/rows.ts";

// Rows of the store → items of the API: ids and epochs are numbers, amounts decimal strings, enums names.

const noDigest = `0x${"0".repeat(64)}`;

export function presentProvider(row: ProviderDetails): ProviderItem {
  return {
    id: row.id,
    owner: row.owner as Address,
    payout: row.payout as Address,
    pendingPayout: row.pendingPayout as Address | null,
    payoutChangesAt: row.payoutChangesAt,
    metadataCid: row.metadataDigest === noDigest ? null : digestToCid(row.metadataDigest as Hex),
    nodes: row.nodes,
    stake: {
      free: row.stake.free.toString(),
      locked: row.stake.locked.toString(),
      thawing: row.stake.thawing.toString(),
      escrowed: row.stake.escrowed.toString(),
    },
    missedEpochs: row.missedEpochs,
    evictions: row.evictions,
    thaws: row.thaws.map(({ thaw, amount, readyAt }) => ({ thaw, amount: amount.toString(), readyAt })),
    registeredAtBlock: row.registeredAtBlock,
  };
}

export function presentNode(row: NodeDetails): NodeItem {
  return {
    id: row.id,
    provider: row.provider,
    operator: row.operator as Address,
    units: row.units,
    unitsInUse: row.unitsInUse,
    retired: row.retired,
    attributes: presentAttributes(row),
    furtherAttributes: Object.fromEntries(
      row.furtherAttributes.map(({ attribute, value }) => [
        attributeName(attribute as Hex),
        value.toString(),
      ]),
    ),
    revision: row.revision,
    peerId: row.peerId,
    endpoint: row.endpoint,
    lastAttendedEpoch: row.lastAttendedEpoch,
    attendedEpochs: row.attendedEpochs,
    missedEpochs: row.missedEpochs,
    evictions: row.evictions,
    addedAtBlock: row.addedAtBlock,
  };
}

/** A number that this version has no name for is shown as unknown, not as a failure of the whole list. */
function presentAttributes(row: NodeDetails): AttributesJson {
  return {
    regionGroup: regionGroups[row.regionGroup] ?? "unknown",
    country: countryCode(row.country),
    hardwareClass: hardwareClasses[row.hardwareClass] ?? "unknown",
    cores: row.cores,
    memoryGiB: row.memoryGiB,
    bandwidthMbps: row.bandwidthMbps,
  };
}

/** Two ASCII bytes; providers may have written anything. */
function countryCode(packed: number): string | null {
  const code = String.fromCharCode(packed >> 8, packed & 0xff);
  return /^[A-Z]{2}$/.test(code) ? code : null;
}

export function presentAttestation(row: AttestationDetails): AttestationItem {
  return {
    node: row.node,
    attribute: attributeName(row.attribute as Hex),
    attester: row.attester as Address,
    value: row.value.toString(),
    expiresAt: row.expiresAt,
    holds: row.holds,
    attestedAtBlock: row.attestedAtBlock,
  };
}

export function presentOffer(row: OfferDetails): OfferItem {
  return {
    node: row.node,
    provider: row.provider,
    token: row.token as Address,
    askPerUnitEpoch: row.askPerUnitEpoch.toString(),
    on: row.on,
    freeUnits: row.freeUnits,
    changedAtBlock: row.changedAtBlock,
  };
}

/**
 * @param deal the state of the worker's deal: a worker whose deal ended has no event of its own
 * @param epoch the epoch of the answer's block
 */
export function presentWorker(
  row: WorkerDetails,
  deal: Pick<DealState, "status" | "endEpoch">,
  epoch: number,
): WorkerItem {
  const dealEnd = deal.status === "ended" ? deal.endEpoch : null;
  const byDeal = dealEnd !== null && (row.lastEpoch === null || row.lastEpoch > dealEnd);
  const lastEpoch = byDeal ? dealEnd : row.lastEpoch;
  const over = lastEpoch !== null && lastEpoch < epoch;
  const ownCause = row.endCause === null ? null : nameAt(endCauses, row.endCause - 1);
  return {
    deal: row.deal,
    node: row.node,
    provider: row.provider,
    pricePerUnitEpoch: row.pricePerUnitEpoch.toString(),
    firstEpoch: row.firstEpoch,
    lastEpoch,
    state: row.released ? "released" : over ? "ended" : "active",
    endCause: byDeal ? "dealEnded" : ownCause,
    endpoint: row.endpoint,
    operator: row.operator as Address,
    lock: row.lock.toString(),
    settledEpoch: row.settledEpoch,
    assignedAtBlock: row.assignedAtBlock,
    challengeEndEpoch: row.challengeEndEpoch,
    tip: presentTip(row),
  };
}

function presentTip({ tip, tipMatcher, tipChallenger, tipShare }: WorkerDetails): WorkerItem["tip"] {
  if (tipMatcher === null) return null;
  return {
    amount: tip.toString(),
    matcher: tipMatcher as Address,
    challenger: tipChallenger as Address | null,
    share: tipShare.toString(),
  };
}

export function presentPayment(row: PaymentRow): PaymentItem {
  return {
    id: paymentId(row),
    kind: row.kind,
    deal: row.deal,
    node: row.node,
    provider: row.provider,
    token: row.token as Address,
    amount: row.amount.toString(),
    account: row.account as Address | null,
    throughEpoch: row.throughEpoch,
    blockNumber: row.blockNumber,
    txHash: row.txHash as Hex,
  };
}

export function presentEvent(row: EventRow): EventItem {
  return {
    id: eventId(row),
    blockNumber: row.blockNumber,
    logIndex: row.logIndex,
    txHash: row.txHash as Hex,
    contract: row.contract as EventItem["contract"],
    name: row.name,
    args: row.args,
    deal: row.deal,
    node: row.node,
    provider: row.provider,
  };
}
