import { encodeEventTopics, numberToHex, parseEventLogs, type Address, type Hex } from "viem";
import { decodeRevert } from "../errors/decodeRevert.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";
import { registryAbi } from "../generated/registryAbi.ts";
import type { Chain } from "./chain.ts";
import { epochAt } from "./deployment.ts";
import { readLogs } from "./readLogs.ts";
import { unknownDeal } from "./readTerms.ts";

/** A worker that serves its deal now. */
export interface ActiveWorker {
  node: number;
  provider: number;
  /** the key that speaks for the node in this epoch */
  operator: Address;
  /** base URL of the node's HTTP API, as its provider claims */
  endpoint: string;
  /** smallest units of the payment token per unit and epoch */
  pricePerUnitEpoch: bigint;
  /** first epoch it earns in */
  firstEpoch: number;
  /** last epoch it serves in; undefined while open */
  lastEpoch: number | undefined;
}

/** How many workers that left are listed at most. */
const mostEnded = 8;

export interface ReadWorkersOptions {
  /** also lists those that left last, whose `lastEpoch` is over */
  withEnded?: boolean | undefined;
}

/**
 * The workers that serve a deal now, from the chain's logs alone: assigned, not released, and in or before their last
 * epoch and the deal's. An insolvent deal's workers are listed too, although they pause.
 * @throws MillraceError `deals-unknown`, `rpc-unreachable`
 */
export async function readWorkers(
  chain: Chain,
  deal: bigint,
  { withEnded = false }: ReadWorkersOptions = {},
): Promise<ActiveWorker[]> {
  const { deployment, publicClient } = chain;
  const head = await publicClient.getBlock({ includeTransactions: false }).catch((error: unknown) => {
    throw decodeRevert(error, { deployment });
  });
  const range = { fromBlock: BigInt(deployment.deploymentBlock), toBlock: head.number };
  const epoch = epochAt(deployment, head.timestamp);
  const assigned = await readAssignments(chain, deal, range);
  const dealOver = assigned.endEpoch !== 0 && assigned.endEpoch < epoch;
  const isActive = ({ lastEpoch }: Assignment) =>
    !dealOver && (lastEpoch === undefined || lastEpoch >= epoch);
  const workers = [...assigned.workers.values()];
  const ended = [...assigned.released.values(), ...workers.filter((worker) => !isActive(worker))];
  const chosen = [...workers.filter(isActive), ...(withEnded ? ended.slice(-mostEnded) : [])];
  const nodes = await readNodes(chain, { nodes: chosen.map(({ node }) => node), epoch, range });
  return chosen.flatMap((worker) => {
    const node = nodes.get(worker.node);
    return node === undefined ? [] : [{ ...worker, ...node }];
  });
}

type Range = Record<"fromBlock" | "toBlock", bigint>;
type Assignment = Omit<ActiveWorker, "operator" | "endpoint">;

async function readAssignments(chain: Chain, deal: bigint, range: Range) {
  const names = ["DealCreated", "WorkerAssigned", "WorkerEnded", "WorkerReleased", "DealEnded"] as const;
  const logs = await readLogs(chain, {
    address: chain.deployment.contracts.deals,
    topics: [names.flatMap((eventName) => encodeEventTopics({ abi: dealsAbi, eventName })[0]), idTopic(deal)],
    ...range,
  });
  const workers = new Map<number, Assignment>();
  const released = new Map<number, Assignment>();
  let endEpoch: number | undefined;
  for (const { eventName, args } of parseEventLogs({ abi: dealsAbi, eventName: [...names], logs })) {
    if (eventName === "DealCreated") {
      endEpoch = args.terms.endEpoch;
    } else if (eventName === "DealEnded") {
      endEpoch = args.endEpoch;
    } else if (eventName === "WorkerAssigned") {
      const { node, provider, pricePerUnitEpoch, firstEpoch } = args;
      workers.set(node, { node, provider, pricePerUnitEpoch, firstEpoch, lastEpoch: undefined });
      released.delete(node);
    } else {
      const worker = workers.get(args.node);
      if (worker === undefined) continue;
      if (eventName === "WorkerEnded") worker.lastEpoch = args.lastEpoch;
      else {
        workers.delete(args.node);
        released.set(args.node, { ...worker, lastEpoch: worker.lastEpoch ?? endEpoch });
      }
    }
  }
  if (endEpoch === undefined) throw unknownDeal(deal);
  return { workers, released, endEpoch };
}

async function readNodes(
  chain: Chain,
  { nodes, epoch, range }: { nodes: number[]; epoch: number; range: Range },
): Promise<Map<number, { operator: Address; endpoint: string }>> {
  const found = new Map<number, { operator: Address; endpoint: string }>();
  if (nodes.length === 0) return found;
  const names = ["NodeAdded", "NodeEndpointSet", "OperatorRotated"] as const;
  const logs = await readLogs(chain, {
    address: chain.deployment.contracts.registry,
    topics: [
      names.flatMap((eventName) => encodeEventTopics({ abi: registryAbi, eventName })[0]),
      nodes.map((node) => idTopic(node)),
    ],
    ...range,
  });
  for (const { eventName, args } of parseEventLogs({ abi: registryAbi, eventName: [...names], logs })) {
    const node = found.get(args.node);
    if (eventName === "NodeAdded") {
      found.set(args.node, { operator: args.operator, endpoint: args.endpoint });
    } else if (node !== undefined && eventName === "NodeEndpointSet") {
      node.endpoint = args.endpoint;
    } else if (node !== undefined && eventName === "OperatorRotated" && args.fromEpoch <= epoch) {
      node.operator = args.operator;
    }
  }
  return found;
}

function idTopic(id: bigint | number): Hex {
  return numberToHex(id, { size: 32 });
}
