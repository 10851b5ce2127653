import { MillraceError, type Chain } from "@millrace/sdk";
import { BlockNotFoundError, numberToHex, type Block, type Hex, type RpcLog } from "viem";
import { bloomMayHold } from "./bloom.ts";
import { contractNames, decodeLog, type AnyChainEvent } from "./events.ts";
import type { ChainBlock, ChainSource } from "./source.ts";

/** How often an empty answer is asked for again when the block's bloom filter says that there are logs of ours. */
const bloomRetries = 2;

/** The chain as one RPC end tells it. What it says is checked against itself; see `indexing.md`, point 3. */
export function rpcSource(chain: Chain): ChainSource {
  const { publicClient, deployment } = chain;
  const address = contractNames.map((name) => deployment.contracts[name]);

  const getLogs = (filter: { blockHash: Hex } | { fromBlock: Hex; toBlock: Hex }): Promise<RpcLog[]> =>
    publicClient.request({ method: "eth_getLogs", params: [{ address, ...filter }] });

  const block: ChainSource["block"] = (number) =>
    orUndefined(publicClient.getBlock({ blockNumber: BigInt(number) }));

  const toEvents = async (logs: RpcLog[], known: ChainBlock[]): Promise<AnyChainEvent[]> => {
    const timestamps = new Map(known.map(({ number, timestamp }) => [number, timestamp]));
    const events: AnyChainEvent[] = [];
    for (const log of logs) {
      if (log.removed) throw contradiction("a log that was taken back");
      const decoded = decodeLog(deployment, log);
      if (decoded === undefined) continue;
      const place = placeOf(log);
      const timestamp =
        timestampOf(log) ?? timestamps.get(place.blockNumber) ?? (await fetchTimestamp(place));
      timestamps.set(place.blockNumber, timestamp);
      // name and args belong together: decodeLog made both from one definition.
      events.push({ ...decoded, ...place, timestamp } as AnyChainEvent);
    }
    return inOrder(events);
  };

  const fetchTimestamp = async (place: { blockNumber: number; blockHash: string }): Promise<number> => {
    const header = await block(place.blockNumber);
    if (header?.hash !== place.blockHash)
      throw contradiction(`block ${place.blockNumber} changed while read`);
    return header.timestamp;
  };

  return {
    head: async () => header(await publicClient.getBlock({ blockTag: "latest" })),
    finalized: async () => Number((await publicClient.getBlock({ blockTag: "finalized" })).number),
    block,
    blockByHash: (hash) => orUndefined(publicClient.getBlock({ blockHash: hash as Hex })),
    rangeEvents: async (from, to) => {
      const logs = await getLogs({ fromBlock: numberToHex(from), toBlock: numberToHex(to) });
      const events = await toEvents(logs, []);
      const outside = events.find((event) => event.blockNumber < from || event.blockNumber > to);
      if (outside !== undefined)
        throw contradiction(`a log of block ${outside.blockNumber} in ${from}..${to}`);
      return events;
    },
    blockEvents: async (of) => {
      let logs = await getLogs({ blockHash: of.hash as Hex });
      const bloom = of.logsBloom;
      const mayHold = bloom !== undefined && address.some((contract) => bloomMayHold(bloom, contract));
      // A bloom filter errs on the side of yes: an answer that stays empty is believed.
      for (let again = 0; logs.length === 0 && mayHold && again < bloomRetries; again++)
        logs = await getLogs({ blockHash: of.hash as Hex });
      if (logs.length > 0 && bloom !== undefined && !mayHold)
        throw contradiction(`logs of block ${of.number}, which its bloom filter excludes`);
      const events = await toEvents(logs, [of]);
      if (events.some((event) => event.blockHash !== of.hash))
        throw contradiction(`logs of another block than ${of.hash}`);
      return events;
    },
  };
}

async function orUndefined(request: Promise<Block>): Promise<ChainBlock | undefined> {
  try {
    return header(await request);
  } catch (error) {
    if (error instanceof BlockNotFoundError) return undefined;
    throw error;
  }
}

function header(block: Block): ChainBlock {
  const { number, hash, parentHash, timestamp, logsBloom } = block;
  if (number === null || hash === null) throw contradiction("a pending block");
  return {
    number: Number(number),
    hash,
    parentHash,
    timestamp: Number(timestamp),
    logsBloom: logsBloom ?? undefined,
  };
}

function placeOf(log: RpcLog) {
  const { blockNumber, blockHash, logIndex, transactionHash } = log;
  if (blockNumber === null || blockHash === null || logIndex === null || transactionHash === null)
    throw contradiction("a pending log");
  return { blockNumber: Number(blockNumber), blockHash, logIndex: Number(logIndex), txHash: transactionHash };
}

function timestampOf(log: RpcLog): number | undefined {
  const value: unknown = "blockTimestamp" in log ? log.blockTimestamp : undefined;
  return typeof value === "string" ? Number(value) : undefined;
}

/** Sorts events as the chain does; a log that comes twice is an error. */
function inOrder(events: AnyChainEvent[]): AnyChainEvent[] {
  const sorted = events.toSorted((a, b) => a.blockNumber - b.blockNumber || a.logIndex - b.logIndex);
  sorted.forEach((event, index) => {
    const before = sorted[index - 1];
    if (before?.blockNumber === event.blockNumber && before.logIndex === event.logIndex)
      throw contradiction(`log ${event.logIndex} of block ${event.blockNumber} twice`);
  });
  return sorted;
}

function contradiction(what: string): MillraceError {
  return new MillraceError({
    code: "rpc-inconsistent",
    shortMessage: `The RPC end contradicts itself: it gave ${what}.`,
    nextStep: "It is asked again; if this stays, use another RPC_URL.",
    retryable: true,
  });
}
