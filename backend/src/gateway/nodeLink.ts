import { Pool } from "undici";
import { hasPrivateAddress, lookupPublic, parseEndpoint } from "../publicAddress.ts";
import { createPeakAverage, type PeakAverage } from "./balance.ts";

/** A node as its provider announces it. */
export interface WorkerAddress {
  node: number;
  /** base URL without a slash at its end */
  endpoint: string;
}

/** What a node says of a deal. */
export interface DealAtNode {
  isReady: boolean;
  /** the function's name; undefined before the module is there */
  name: string | undefined;
}

/** How a node does for one deal. */
interface DealRecord {
  latency: PeakAverage;
  restUntilMs: number;
}

/** The connections to one node, and what is known of it. Times are those of `performance.now()`. */
export interface NodeLink extends WorkerAddress {
  readonly pool: Pool;
  /** path of the endpoint, before `/v1` */
  readonly basePath: string;
  /** calls under way, of all deals */
  inFlight: number;
  /** the node is left alone until then */
  restUntilMs: number;
  /** failures without a success in between */
  failures: number;
  usedAtMs: number;
  /** what it said last, if that is not long ago */
  status: { draining: boolean; deals: ReadonlyMap<string, DealAtNode>; readAtMs: number } | undefined;
  record: (deal: bigint) => DealRecord;
}

export interface NodeLimits {
  connectMs: number;
  /** longest wait for an answer to begin */
  answerMs: number;
  /** nodes may have addresses that only this machine or its network reaches; for a devnet */
  allowPrivate: boolean;
}

const connectionsPerNode = 256;
/** Below the 72 s that a node keeps an idle connection. */
const idleMs = 30_000;

/** @returns undefined for an endpoint that is no plain http(s) URL, or has an address that must not be called */
export function openNodeLink({ node, endpoint }: WorkerAddress, limits: NodeLimits): NodeLink | undefined {
  const url = parseEndpoint(endpoint);
  if (url === undefined || (!limits.allowPrivate && hasPrivateAddress(url))) return undefined;
  const pool = new Pool(url.origin, {
    connections: connectionsPerNode,
    pipelining: 1,
    keepAliveTimeout: idleMs,
    keepAliveMaxTimeout: idleMs,
    headersTimeout: limits.answerMs,
    bodyTimeout: limits.answerMs,
    maxHeaderSize: 16_384,
    connect: { timeout: limits.connectMs, ...(limits.allowPrivate ? {} : { lookup: lookupPublic }) },
  });
  const records = new Map<bigint, DealRecord>();
  return {
    ...{ node, endpoint, pool, inFlight: 0, restUntilMs: 0, failures: 0 },
    basePath: url.pathname.replace(/\/+$/, ""),
    usedAtMs: performance.now(),
    status: undefined,
    record(deal) {
      let record = records.get(deal);
      if (record === undefined) {
        record = { latency: createPeakAverage(), restUntilMs: 0 };
        records.set(deal, record);
      }
      return record;
    },
  };
}
