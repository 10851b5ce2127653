import { lookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { Pool } from "undici";
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
  if (!URL.canParse(endpoint)) return undefined;
  const url = new URL(endpoint);
  const isPlain = url.search === "" && url.hash === "" && url.username === "" && url.password === "";
  if (!/^https?:$/.test(url.protocol) || !isPlain) return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (!limits.allowPrivate && isIP(host) !== 0 && isPrivate(host)) return undefined;
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

const privateAddresses = new BlockList();
const privateRanges = [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"],
  ...["192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3"],
  ...["::/127", "64:ff9b::/96", "fc00::/7", "fe80::/10", "ff00::/8"],
];
for (const range of privateRanges) {
  const [network = "", prefix] = range.split("/");
  privateAddresses.addSubnet(network, Number(prefix), isIP(network) === 6 ? "ipv6" : "ipv4");
}

/** True for an address that the public internet does not lead to. */
export function isPrivate(address: string): boolean {
  return privateAddresses.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

/** A name's public addresses only: a provider's endpoint must not lead into the gateway's own network. */
const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const found = error === null ? addresses.filter(({ address }) => !isPrivate(address)) : [];
    const [first] = found;
    if (first === undefined) {
      const refusal = Object.assign(new Error(`${hostname} has no public address`), { code: "ENOTFOUND" });
      callback(error ?? refusal, "", 0);
    } else if (options.all === true) callback(null, found);
    else callback(null, first.address, first.family);
  });
};
