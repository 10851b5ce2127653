import { Type, type Static } from "typebox";
import {
  addressSchema,
  amountSchema,
  blockNumberSchema,
  bytes32Schema,
  cidSchema,
  epochSchema,
  idSchema,
  nullable,
} from "./common.ts";
import { dealStatuses, endCauses, hardwareClasses, refusals, regionGroups } from "./names.ts";
import { proposalStates, voteChoices } from "../../governance/proposalStates.ts";
import { termsSchema } from "./terms.ts";

const unixSecondsSchema = Type.Integer({ minimum: 0, description: "Unix seconds" });

export const attributesSchema = Type.Object({
  regionGroup: Type.Enum(regionGroups),
  country: nullable(Type.String({ pattern: "^[A-Z]{2}$", description: "ISO 3166-1 alpha-2" })),
  hardwareClass: Type.Enum(hardwareClasses),
  cores: Type.Integer({ minimum: 0 }),
  memoryGiB: Type.Integer({ minimum: 0 }),
  bandwidthMbps: Type.Integer({ minimum: 0 }),
});
export type AttributesJson = Static<typeof attributesSchema>;

export const providerSchema = Type.Object({
  id: idSchema,
  owner: addressSchema,
  payout: addressSchema,
  pendingPayout: nullable(addressSchema),
  payoutChangesAt: nullable(unixSecondsSchema),
  metadataCid: nullable(cidSchema),
  nodes: Type.Integer({ minimum: 0, description: "Nodes that are not retired" }),
  stake: Type.Object(
    { free: amountSchema, locked: amountSchema, thawing: amountSchema, escrowed: amountSchema },
    {
      description:
        "MILL, 18 decimals; thawing includes what is ready and not withdrawn, escrowed is what was slashed and neither vetoed nor executed yet",
    },
  ),
  missedEpochs: Type.Integer({ minimum: 0, description: "Of all its nodes, since each first attended" }),
  evictions: Type.Integer({ minimum: 0, description: "Workers of its nodes that were evicted" }),
  thaws: Type.Array(
    Type.Object({ thaw: Type.Integer({ minimum: 0 }), amount: amountSchema, readyAt: unixSecondsSchema }),
    { description: "Thaw requests not withdrawn yet" },
  ),
  registeredAtBlock: blockNumberSchema,
});
export type ProviderItem = Static<typeof providerSchema>;

const attributeValueSchema = Type.String({
  pattern: "^(0|[1-9][0-9]{0,19})$",
  description: "The chain's number, decimal",
});

export const nodeSchema = Type.Object({
  id: idSchema,
  provider: idSchema,
  operator: addressSchema,
  units: Type.Integer({ minimum: 0 }),
  unitsInUse: Type.Integer({ minimum: 0 }),
  retired: Type.Boolean(),
  attributes: attributesSchema,
  furtherAttributes: Type.Record(Type.String(), attributeValueSchema, {
    description: "Attributes beyond the packed ones, by name",
  }),
  revision: Type.Integer({ minimum: 1, description: "Counts the changes of units and attributes" }),
  peerId: Type.String(),
  endpoint: Type.String(),
  lastAttendedEpoch: nullable(epochSchema),
  attendedEpochs: Type.Integer({ minimum: 0 }),
  missedEpochs: Type.Integer({ minimum: 0, description: "Completed epochs since it first attended" }),
  evictions: Type.Integer({ minimum: 0, description: "Workers of it that were evicted" }),
  addedAtBlock: blockNumberSchema,
});
export type NodeItem = Static<typeof nodeSchema>;

export const attestationSchema = Type.Object({
  node: idSchema,
  attribute: Type.String({ description: "By name; in hexadecimal if it has none" }),
  attester: addressSchema,
  value: attributeValueSchema,
  expiresAt: unixSecondsSchema,
  holds: Type.Boolean({ description: "False once it has expired or the node's owner changed the node" }),
  attestedAtBlock: blockNumberSchema,
});
export type AttestationItem = Static<typeof attestationSchema>;

export const offerSchema = Type.Object({
  node: idSchema,
  provider: idSchema,
  token: addressSchema,
  askPerUnitEpoch: amountSchema,
  on: Type.Boolean(),
  freeUnits: Type.Integer({ minimum: 0 }),
  changedAtBlock: blockNumberSchema,
});
export type OfferItem = Static<typeof offerSchema>;

const tipSchema = Type.Object(
  {
    amount: amountSchema,
    matcher: addressSchema,
    challenger: nullable(addressSchema),
    share: Type.String({ ...amountSchema, description: "Part of the amount that is the challenger's" }),
  },
  { description: "Held for those who found the worker, until it ends or can be challenged no more" },
);

export const workerSchema = Type.Object({
  deal: idSchema,
  node: idSchema,
  provider: idSchema,
  pricePerUnitEpoch: amountSchema,
  firstEpoch: epochSchema,
  lastEpoch: nullable(epochSchema),
  state: Type.Enum(["active", "ended", "released"]),
  endCause: nullable(Type.Enum(endCauses)),
  endpoint: Type.String(),
  operator: addressSchema,
  lock: amountSchema,
  settledEpoch: epochSchema,
  assignedAtBlock: blockNumberSchema,
  challengeEndEpoch: epochSchema,
  tip: nullable(tipSchema),
});
export type WorkerItem = Static<typeof workerSchema>;

export const waitingForSchema = Type.Object(
  {
    sentence: Type.String(),
    refusals: Type.Array(
      Type.Object({
        refusal: Type.Enum(refusals),
        count: Type.Integer({ minimum: 0, description: "Nodes" }),
      }),
    ),
  },
  { description: "Why the deal has fewer workers than it wants" },
);

const moduleVersionSchema = Type.Object({
  version: Type.Integer({ minimum: 0, description: "0 is the module in the terms" }),
  moduleCid: cidSchema,
  functionCommitment: bytes32Schema,
  fromEpoch: epochSchema,
});

export const dealSchema = Type.Object({
  id: idSchema,
  owner: addressSchema,
  terms: termsSchema,
  moduleCid: cidSchema,
  module: moduleVersionSchema,
  nextModule: nullable(moduleVersionSchema),
  status: Type.Enum(dealStatuses),
  waitingFor: nullable(waitingForSchema),
  balance: amountSchema,
  ratePerEpoch: amountSchema,
  fundedThroughEpoch: nullable(epochSchema),
  settledEpoch: epochSchema,
  endEpoch: nullable(epochSchema),
  workers: Type.Array(workerSchema, { description: "Workers that are not released" }),
  feeBps: Type.Integer({ minimum: 0 }),
  minFundedEpochs: Type.Integer({ minimum: 0 }),
  disputeWindow: Type.Integer({
    minimum: 0,
    description: "Seconds after a worker's last epoch before it can be released",
  }),
  targetWorkers: Type.Integer({ minimum: 0 }),
  createdAtBlock: blockNumberSchema,
});
export type DealItem = Static<typeof dealSchema>;

export const paymentKinds = [
  "deposit",
  "withdrawal",
  "pay",
  "fee",
  "refund",
  "earnings-withdrawal",
  "refund-withdrawal",
  "fee-collection",
  "tip",
] as const;

export const paymentSchema = Type.Object({
  id: Type.String(),
  kind: Type.Enum(paymentKinds),
  deal: nullable(idSchema),
  node: nullable(idSchema),
  provider: nullable(idSchema),
  token: addressSchema,
  amount: amountSchema,
  account: nullable(addressSchema),
  throughEpoch: nullable(epochSchema),
  blockNumber: blockNumberSchema,
  txHash: bytes32Schema,
});
export type PaymentItem = Static<typeof paymentSchema>;

export const eventSchema = Type.Object({
  id: Type.String({ description: "Sorts as the chain does; the value of `after`" }),
  blockNumber: blockNumberSchema,
  logIndex: Type.Integer({ minimum: 0 }),
  txHash: bytes32Schema,
  contract: Type.Enum(["registry", "staking", "deals", "modules", "parameters", "governor"]),
  name: Type.String(),
  args: Type.Record(Type.String(), Type.Unknown(), { description: "Every integer as a decimal string" }),
  deal: nullable(idSchema),
  node: nullable(idSchema),
  provider: nullable(idSchema),
});
export type EventItem = Static<typeof eventSchema>;

export const historySchema = Type.Object({
  id: Type.String({ description: "Unique within the deal" }),
  name: Type.String({ description: "The contract's event, or NodeAbsent" }),
  sentence: Type.String({ description: "What happened and why" }),
  routine: Type.Boolean({ description: "True: it happens all the time and tells little" }),
  timestamp: unixSecondsSchema,
  epoch: epochSchema,
  node: nullable(idSchema),
  provider: nullable(idSchema),
  blockNumber: nullable(blockNumberSchema),
  txHash: nullable(bytes32Schema),
});
export type HistoryItem = Static<typeof historySchema>;

export const proposalSchema = Type.Object({
  id: idSchema,
  proposer: addressSchema,
  description: Type.String(),
  calls: Type.Array(
    Type.Object({
      target: addressSchema,
      value: amountSchema,
      data: Type.String({ pattern: "^0x[0-9a-fA-F]*$" }),
    }),
  ),
  state: nullable(Type.Enum(proposalStates, { description: "The governor's word; null: it did not answer" })),
  voteStart: unixSecondsSchema,
  voteEnd: unixSecondsSchema,
  votes: Type.Object(
    { against: amountSchema, for: amountSchema, abstain: amountSchema },
    { description: "MILL, 18 decimals" },
  ),
  eta: nullable(unixSecondsSchema),
  createdAtBlock: blockNumberSchema,
  executedAtBlock: nullable(blockNumberSchema),
});
export type ProposalItem = Static<typeof proposalSchema>;

export const voteSchema = Type.Object({
  voter: addressSchema,
  choice: Type.Enum(voteChoices),
  weight: amountSchema,
  reason: Type.String(),
  blockNumber: blockNumberSchema,
});
export type VoteItem = Static<typeof voteSchema>;
