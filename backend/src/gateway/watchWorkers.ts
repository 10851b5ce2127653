import { dealsAbi, registryAbi, type Chain } from "@millrace/sdk";
import type { Logger } from "pino";
import { encodeEventTopics, numberToHex, parseEventLogs, type RpcLog, formatLog } from "viem";

export interface WatchWorkersParameters {
  chain: () => Promise<Chain>;
  pollMs: number;
  log: Logger;
  /** nothing is asked of the chain while this is false */
  isNeeded: () => boolean;
  /** a deal has other workers than before */
  onDeal: (deal: bigint) => void;
  /** a node has another endpoint than before */
  onNode: (node: number) => void;
}

/** Blocks that are read at once; after a longer outage the rest is left to what reads deals anew. */
const mostBlocks = 1_000n;
/** Blocks that are read again, as a reorg may have replaced them or a deal was read before them. */
const overlapBlocks = 8n;

const dealEvents = ["WorkerAssigned", "WorkerEnded", "WorkerReleased", "DealEnded"] as const;

/** Follows the events that change who serves a deal: two small requests per poll, however many deals there are. */
export function watchWorkers(parameters: WatchWorkersParameters): { stop: () => void } {
  const { chain, pollMs, log, isNeeded, onDeal, onNode } = parameters;
  let seen: bigint | undefined;
  let isPolling = false;
  let isFailing = false;

  async function poll(): Promise<void> {
    if (!isNeeded()) {
      seen = undefined;
      return;
    }
    const reached = await chain();
    const head = await reached.publicClient.getBlockNumber();
    if (head === seen) return;
    // What was read before the first poll is as old as that poll is late. The head may be lower than it was: an RPC end
    // that lags, or a chain that was started anew.
    const from = max(min(seen ?? head, head) - overlapBlocks, head - mostBlocks);
    const { deals, nodes } = await readChanges(reached, from > 0n ? from : 0n, head);
    seen = head;
    for (const deal of deals) onDeal(deal);
    for (const node of nodes) onNode(node);
  }

  async function pollSafely(): Promise<void> {
    if (isPolling) return;
    isPolling = true;
    try {
      await poll();
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.warn({ err: error }, "following the chain fails; known workers are called on");
      isFailing = true;
    } finally {
      isPolling = false;
    }
  }
  const timer = setInterval(() => void pollSafely(), pollMs);
  return { stop: () => clearInterval(timer) };
}

async function readChanges(chain: Chain, fromBlock: bigint, toBlock: bigint) {
  const { deals, registry } = chain.deployment.contracts;
  const topics = [
    ...dealEvents.flatMap((eventName) => encodeEventTopics({ abi: dealsAbi, eventName })[0]),
    ...encodeEventTopics({ abi: registryAbi, eventName: "NodeEndpointSet" }),
  ];
  const found: RpcLog[] = await chain.publicClient.request({
    method: "eth_getLogs",
    params: [
      {
        address: [deals, registry],
        topics: [topics.filter((topic) => typeof topic === "string")],
        fromBlock: numberToHex(fromBlock),
        toBlock: numberToHex(toBlock),
      },
    ],
  });
  const logs = found.map((log) => formatLog(log));
  const aboutDeals = parseEventLogs({ abi: dealsAbi, eventName: [...dealEvents], logs });
  const aboutNodes = parseEventLogs({ abi: registryAbi, eventName: "NodeEndpointSet", logs });
  return {
    deals: new Set(aboutDeals.map(({ args }) => args.deal)),
    nodes: new Set(aboutNodes.map(({ args }) => args.node)),
  };
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
