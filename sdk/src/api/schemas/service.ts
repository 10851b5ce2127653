import { Type, type Static } from "typebox";
import {
  addressSchema,
  amountSchema,
  blockNumberSchema,
  cidSchema,
  epochSchema,
  idSchema,
  nullable,
} from "./common.ts";
import { dealStatuses } from "./names.ts";
import { slashStates } from "./items.ts";
import { termsSchema } from "./terms.ts";

/** The one error shape of the backend and the nodes. */
export const errorBodySchema = Type.Object({
  error: Type.Object({
    code: Type.String({ description: "kebab-case" }),
    message: Type.String(),
    nextStep: Type.Optional(Type.String()),
    requestId: Type.Optional(Type.String()),
  }),
});
export type ErrorBody = Static<typeof errorBodySchema>;

export const healthSchema = Type.Object({
  status: Type.Enum(["ok", "degraded"]),
  chainId: Type.Integer({ minimum: 1 }),
  headBlock: Type.Integer({ minimum: 0, description: "Newest block the RPC end knows" }),
  asOfBlock: blockNumberSchema,
  finalizedBlock: blockNumberSchema,
  lagBlocks: Type.Integer({ minimum: 0 }),
  roles: Type.Array(Type.String()),
  startedAt: Type.Integer({ minimum: 0, description: "Unix seconds" }),
});
export type Health = Static<typeof healthSchema>;

export const deploymentSchema = Type.Object({
  network: Type.String({ minLength: 1 }),
  chainId: Type.Integer({ minimum: 1 }),
  deploymentBlock: blockNumberSchema,
  genesis: Type.Integer({ minimum: 0, description: "Unix seconds of the start of epoch 0" }),
  epochDuration: Type.Integer({ minimum: 1, description: "Seconds" }),
  contracts: Type.Object({
    mill: addressSchema,
    parameters: addressSchema,
    registry: addressSchema,
    staking: addressSchema,
    deals: addressSchema,
    modules: addressSchema,
    timelock: addressSchema,
    governor: addressSchema,
    votingPower: addressSchema,
  }),
  paymentTokens: Type.Array(
    Type.Object({
      symbol: Type.String({ minLength: 1 }),
      address: addressSchema,
      decimals: Type.Integer({ minimum: 0, maximum: 77 }),
    }),
  ),
});

export const networkSchema = Type.Object({
  deployment: deploymentSchema,
  parameters: Type.Object({
    stakePerUnit: amountSchema,
    thawPeriod: Type.Integer({ description: "Seconds" }),
    minFundedEpochs: Type.Integer(),
    protocolFeeBps: Type.Integer(),
    maxMissedEpochs: Type.Integer(),
    evictionSlashBps: Type.Integer(),
    resignNoticeEpochs: Type.Integer(),
    entryPausedUntil: Type.Integer({
      description: "Unix seconds; entry is open if that is not in the future",
    }),
  }),
  epoch: epochSchema,
  epochEndsAt: Type.Integer({ description: "Unix seconds" }),
});
export type NetworkItem = Static<typeof networkSchema>;

export const quoteBodySchema = Type.Object(
  { terms: termsSchema, deposit: amountSchema },
  { additionalProperties: false },
);
export type QuoteBody = Static<typeof quoteBodySchema>;

export const quoteSchema = Type.Object({
  minimumDeposit: amountSchema,
  maximumRatePerEpoch: amountSchema,
  fundedEpochs: amountSchema,
  fundedThroughEpoch: amountSchema,
});
export type QuoteItem = Static<typeof quoteSchema>;

export const probeBodySchema = Type.Object(
  { endpoint: Type.String({ minLength: 1, maxLength: 512, description: "Base URL of a node's HTTP API" }) },
  { additionalProperties: false },
);

/** What a probe can find. */
export const probeCodes = [
  "node",
  "endpoint-invalid",
  "endpoint-private",
  "node-unreachable",
  "not-a-node",
] as const;

export const probeSchema = Type.Object({
  code: Type.Enum(probeCodes, { description: "node: a node of this network answers there" }),
  sentence: Type.String(),
  node: nullable(idSchema),
  operator: nullable(addressSchema),
});
export type ProbeItem = Static<typeof probeSchema>;

export const blobSchema = Type.Object({ cid: cidSchema, sizeBytes: Type.Integer({ minimum: 0 }) });
export type BlobItem = Static<typeof blobSchema>;

const page = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
};
const closed = { additionalProperties: false };

export const pageQuerySchema = Type.Object(page, closed);
export const nodesQuerySchema = Type.Object({ ...page, provider: Type.Optional(idSchema) }, closed);
export const offersQuerySchema = Type.Object(
  { ...page, token: Type.Optional(addressSchema), node: Type.Optional(idSchema) },
  closed,
);
export const attestationsQuerySchema = Type.Object(
  { ...page, node: Type.Optional(idSchema), attester: Type.Optional(addressSchema) },
  closed,
);
export const dealsQuerySchema = Type.Object(
  { ...page, owner: Type.Optional(addressSchema), status: Type.Optional(Type.Enum(dealStatuses)) },
  closed,
);
export const paymentsQuerySchema = Type.Object(
  { ...page, deal: Type.Optional(idSchema), provider: Type.Optional(idSchema) },
  closed,
);
export const slashesQuerySchema = Type.Object(
  {
    ...page,
    provider: Type.Optional(idSchema),
    deal: Type.Optional(idSchema),
    state: Type.Optional(Type.Enum(slashStates)),
  },
  closed,
);
export const eventsQuerySchema = Type.Object(
  {
    limit: page.limit,
    after: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    deal: Type.Optional(idSchema),
    node: Type.Optional(idSchema),
  },
  closed,
);
export type PageQuery = Static<typeof pageQuerySchema>;
export type NodesQuery = Static<typeof nodesQuerySchema>;
export type OffersQuery = Static<typeof offersQuerySchema>;
export type AttestationsQuery = Static<typeof attestationsQuerySchema>;
export type DealsQuery = Static<typeof dealsQuerySchema>;
export type PaymentsQuery = Static<typeof paymentsQuerySchema>;
export type SlashesQuery = Static<typeof slashesQuerySchema>;
export type EventsQuery = Static<typeof eventsQuerySchema>;
