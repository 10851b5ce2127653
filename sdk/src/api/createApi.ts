import type { Static, TSchema } from "typebox";
import { cidToDigest, moduleCid, verifyBlob } from "../cid.ts";
import { MillraceError } from "../errors/MillraceError.ts";
import type { Terms } from "../terms.ts";
import { termsToJson } from "../terms.ts";
import { exists, requestJson, requestRaw, type ApiConnection, type RequestOptions } from "./request.ts";
import { itemSchema, listSchema } from "./schemas/common.ts";
import {
  attestationSchema,
  dealSchema,
  eventSchema,
  historySchema,
  nodeSchema,
  offerSchema,
  paymentSchema,
  proposalSchema,
  providerSchema,
  slashSchema,
  voteSchema,
  workerSchema,
  type AttestationItem,
  type DealItem,
  type EventItem,
  type HistoryItem,
  type NodeItem,
  type OfferItem,
  type PaymentItem,
  type ProposalItem,
  type ProviderItem,
  type SlashItem,
  type VoteItem,
  type WorkerItem,
} from "./schemas/items.ts";
import {
  blobSchema,
  healthSchema,
  networkSchema,
  probeSchema,
  quoteSchema,
  type BlobItem,
  type AttestationsQuery,
  type DealsQuery,
  type EventsQuery,
  type Health,
  type NetworkItem,
  type NodesQuery,
  type OffersQuery,
  type PageQuery,
  type PaymentsQuery,
  type ProbeItem,
  type QuoteItem,
  type SlashesQuery,
} from "./schemas/service.ts";

/** A page of a list; `next` is the cursor of the next one. */
export interface Page<T> {
  asOfBlock: number;
  finalizedBlock: number;
  items: T[];
  next: string | null;
}

/** One item as of a block. */
export interface Single<T> {
  asOfBlock: number;
  finalizedBlock: number;
  item: T;
}

type Id = number | bigint;

/** The backend's API. Every method throws MillraceError, as {@link createApi} says. */
export interface Api {
  readonly url: string;
  readonly health: (options?: RequestOptions) => Promise<Health>;
  readonly network: (options?: RequestOptions) => Promise<Single<NetworkItem>>;
  readonly providers: (query?: PageQuery, options?: RequestOptions) => Promise<Page<ProviderItem>>;
  readonly provider: (id: Id, options?: RequestOptions) => Promise<Single<ProviderItem>>;
  readonly nodes: (query?: NodesQuery, options?: RequestOptions) => Promise<Page<NodeItem>>;
  readonly node: (id: Id, options?: RequestOptions) => Promise<Single<NodeItem>>;
  readonly offers: (query?: OffersQuery, options?: RequestOptions) => Promise<Page<OfferItem>>;
  /** What others attest of nodes, also what holds no more. */
  readonly attestations: (
    query?: AttestationsQuery,
    options?: RequestOptions,
  ) => Promise<Page<AttestationItem>>;
  readonly deals: (query?: DealsQuery, options?: RequestOptions) => Promise<Page<DealItem>>;
  readonly deal: (id: Id, options?: RequestOptions) => Promise<Single<DealItem>>;
  readonly workers: (deal: Id, query?: PageQuery, options?: RequestOptions) => Promise<Page<WorkerItem>>;
  /** What happened to a deal, in words. */
  readonly history: (deal: Id, query?: PageQuery, options?: RequestOptions) => Promise<Page<HistoryItem>>;
  /** The newest first. */
  readonly proposals: (query?: PageQuery, options?: RequestOptions) => Promise<Page<ProposalItem>>;
  readonly proposal: (id: Id, options?: RequestOptions) => Promise<Single<ProposalItem>>;
  readonly votes: (proposal: Id, query?: PageQuery, options?: RequestOptions) => Promise<Page<VoteItem>>;
  /** Of providers, the newest first. */
  readonly slashes: (query?: SlashesQuery, options?: RequestOptions) => Promise<Page<SlashItem>>;
  readonly payments: (query?: PaymentsQuery, options?: RequestOptions) => Promise<Page<PaymentItem>>;
  readonly events: (query?: EventsQuery, options?: RequestOptions) => Promise<Page<EventItem>>;
  /** The contract's quote; `deposit` in smallest units of the payment token. */
  readonly quote: (
    parameters: { terms: Terms; deposit: bigint },
    options?: RequestOptions,
  ) => Promise<Single<QuoteItem>>;
  /** Has the backend try if a node answers at an endpoint, and which. */
  readonly probe: (endpoint: string, options?: RequestOptions) => Promise<ProbeItem>;
  /** Stores a module; the CID is computed here and checked against the server's. */
  readonly uploadBlob: (bytes: Uint8Array, options?: RequestOptions) => Promise<BlobItem>;
  /** Whether a module is stored there. */
  readonly hasBlob: (cid: string, options?: RequestOptions) => Promise<boolean>;
  /** Fetches a module and checks that its bytes are what the CID names. */
  readonly fetchBlob: (cid: string, options?: RequestOptions) => Promise<Uint8Array>;
}

export interface CreateApiOptions {
  /** how long one request may take, in milliseconds; default 15,000 */
  timeoutMs?: number | undefined;
  /** how often a GET is tried again if the server can't be reached; default 2 */
  retries?: number | undefined;
}

/**
 * A typed client of the backend's API. Answers are checked against the schemas that the backend serves them by.
 * Methods throw MillraceError: `api-unreachable`, `api-timeout`, `api-unexpected-answer` or the server's own code.
 */
export function createApi(url: string, { timeoutMs = 15_000, retries = 2 }: CreateApiOptions = {}): Api {
  const connection: ApiConnection = { url: url.replace(/\/+$/, ""), timeoutMs, retries };
  const get = gettersOf(connection);
  return {
    url: connection.url,
    health: (options) => requestJson(connection, healthSchema, { ...options, path: "/v1/health" }),
    network: get.item("/v1/network", networkSchema),
    providers: get.list("/v1/providers", providerSchema),
    provider: get.itemById("/v1/providers", providerSchema),
    nodes: get.list("/v1/nodes", nodeSchema),
    node: get.itemById("/v1/nodes", nodeSchema),
    offers: get.list("/v1/offers", offerSchema),
    attestations: get.list("/v1/attestations", attestationSchema),
    deals: get.list("/v1/deals", dealSchema),
    deal: get.itemById("/v1/deals", dealSchema),
    workers: (deal, query, options) =>
      get.list(`/v1/deals/${deal.toString()}/workers`, workerSchema)(query, options),
    history: (deal, query, options) =>
      get.list(`/v1/deals/${deal.toString()}/history`, historySchema)(query, options),
    proposals: get.list("/v1/proposals", proposalSchema),
    proposal: get.itemById("/v1/proposals", proposalSchema),
    votes: (proposal, query, options) =>
      get.list(`/v1/proposals/${proposal.toString()}/votes`, voteSchema)(query, options),
    slashes: get.list("/v1/slashes", slashSchema),
    payments: get.list("/v1/payments", paymentSchema),
    events: get.list("/v1/events", eventSchema),
    quote: ({ terms, deposit }, options) =>
      requestJson(connection, itemSchema(quoteSchema), {
        ...options,
        path: "/v1/quote",
        body: { terms: termsToJson(terms), deposit: deposit.toString() },
      }),
    probe: (endpoint, options) =>
      requestJson(connection, probeSchema, { ...options, path: "/v1/probes", body: { endpoint } }),
    uploadBlob: (bytes, options) => uploadBlob(connection, bytes, options),
    hasBlob: (cid, options) => hasBlob(connection, cid, options),
    fetchBlob: (cid, options) => fetchBlob(connection, cid, options),
  };
}

/**
 * Every item of a list, page by page.
 * @param list one of the API's list methods
 */
export async function* allItems<T, Query extends { cursor?: string }>(
  list: (query: Query, options?: RequestOptions) => Promise<Page<T>>,
  query: Query,
  options?: RequestOptions,
): AsyncGenerator<T, void, undefined> {
  let next: string | null = null;
  do {
    const page: Page<T> = await list(next === null ? query : { ...query, cursor: next }, options);
    yield* page.items;
    next = page.next;
  } while (next !== null);
}

type QueryValues = Record<string, string | number | undefined>;

function gettersOf(connection: ApiConnection) {
  async function item<T extends TSchema>(path: string, schema: T, options?: RequestOptions) {
    const answer: unknown = await requestJson(connection, itemSchema(schema), { ...options, path });
    // Checked by its schema just now; TypeScript can't see through the envelope's type while T is open.
    return answer as Single<Static<T>>;
  }
  return {
    item:
      <T extends TSchema>(path: string, schema: T) =>
      (options?: RequestOptions) =>
        item(path, schema, options),
    itemById:
      <T extends TSchema>(path: string, schema: T) =>
      (id: Id, options?: RequestOptions) =>
        item(`${path}/${id.toString()}`, schema, options),
    list:
      <T extends TSchema>(path: string, schema: T) =>
      (query?: QueryValues, options?: RequestOptions): Promise<Page<Static<T>>> =>
        requestJson(connection, listSchema(schema), { ...options, path, query }),
  };
}

async function uploadBlob(
  connection: ApiConnection,
  bytes: Uint8Array,
  options?: RequestOptions,
): Promise<BlobItem> {
  const cid = await moduleCid(bytes);
  const stored = await requestJson(connection, blobSchema, { ...options, path: "/v1/blobs", body: bytes });
  if (stored.cid === cid) return stored;
  throw new MillraceError({
    code: "blob-mismatch",
    shortMessage: `The module is ${cid}, but the server stored it as ${stored.cid}.`,
    nextStep: "Upload it again, or to another backend.",
    retryable: true,
  });
}

async function hasBlob(connection: ApiConnection, cid: string, options?: RequestOptions): Promise<boolean> {
  cidToDigest(cid);
  return exists(connection, { ...options, path: `/v1/blobs/${cid}` });
}

async function fetchBlob(
  connection: ApiConnection,
  cid: string,
  options?: RequestOptions,
): Promise<Uint8Array> {
  cidToDigest(cid);
  const response = await requestRaw(connection, { ...options, path: `/v1/blobs/${cid}` });
  const bytes = new Uint8Array(await response.arrayBuffer());
  await verifyBlob(cid, bytes);
  return bytes;
}
