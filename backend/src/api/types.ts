import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import { errorBodySchema, type Chain } from "@millrace/sdk";
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from "fastify";
import type { BlobStore } from "../blobs/blobStore.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { PartState } from "../part.ts";
import type { Store } from "../store/store.ts";

/** The server: schemas give validation, types and OpenAPI. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** Bounds of what one caller may cost. */
export interface ApiLimits {
  /** Reverse proxies, addresses or ranges: who called is whom they name, else whoever the connection is from. */
  readonly trustedProxies: readonly string[];
  readonly requestsPerMinute: number;
  readonly uploadsPerMinute: number;
  /** Endpoints that one address may have probed. */
  readonly probesPerMinute: number;
  readonly blobMaxBytes: number;
  /** Longest a request waits for the chain. */
  readonly chainTimeoutMs: number;
  /** Blocks that the index may be behind the chain before health says so. */
  readonly maxLagBlocks: number;
  readonly logRequests: boolean;
}

/** What the routes read from. */
export interface ApiParameters {
  readonly log: FastifyBaseLogger;
  readonly store: Store;
  /** Undefined: a process without the role `api`, which serves health and metrics only. */
  readonly blobs: BlobStore | undefined;
  /** The chain; rejects while its RPC end can't be reached. */
  readonly chain: () => Promise<Chain>;
  /** The roles of this process. */
  readonly roles: readonly string[];
  /** The parts that run in this process, by name. */
  readonly parts: ReadonlyMap<string, () => PartState>;
  readonly metrics: Metrics;
  /** Reads the gauges anew. */
  readonly refreshGauges: () => Promise<void>;
  readonly limits: ApiLimits;
  /** Probes may call addresses of this machine and its network; for a devnet. */
  readonly allowPrivateNodes: boolean;
}

type ErrorStatus = 400 | 404 | 413 | 415 | 422 | 429 | 500 | 503 | 507;

/** The error shape under each status that a route may answer with. */
export function errorResponses(...statuses: readonly ErrorStatus[]) {
  return Object.fromEntries(statuses.map((status) => [status, errorBodySchema])) as Partial<
    Record<ErrorStatus, typeof errorBodySchema>
  >;
}
