import { formatLog, numberToHex, type Address, type Hex, type Log, type RpcLog } from "viem";
import { decodeRevert } from "../errors/decodeRevert.ts";
import { isUnreachable } from "../errors/transport.ts";
import type { Chain } from "./chain.ts";

export interface ReadLogsParameters {
  address: Address | Address[];
  topics: (Hex | Hex[] | null)[];
  fromBlock: bigint;
  /** inclusive */
  toBlock: bigint;
}

/**
 * Reads logs over any range, in the order of the chain. Where the RPC end refuses a range or its answer (they limit
 * blocks, logs or bytes), the range is halved until it answers.
 * @throws MillraceError `rpc-unreachable`, or `unexpected` if it refuses a single block
 */
export async function readLogs(
  chain: Chain,
  parameters: ReadLogsParameters,
): Promise<Log<bigint, number, false>[]> {
  const { address, topics, fromBlock, toBlock } = parameters;
  const logs: Log<bigint, number, false>[] = [];
  let blocks = toBlock - fromBlock + 1n;
  for (let from = fromBlock; from <= toBlock;) {
    const to = from + blocks - 1n < toBlock ? from + blocks - 1n : toBlock;
    try {
      const filter = { address, topics, fromBlock: numberToHex(from), toBlock: numberToHex(to) };
      const part: RpcLog[] = await chain.publicClient.request({ method: "eth_getLogs", params: [filter] });
      for (const log of part) logs.push(formatLog(log) as Log<bigint, number, false>);
      from = to + 1n;
    } catch (error) {
      if (isUnreachable(error) || to === from) throw decodeRevert(error, { deployment: chain.deployment });
      blocks = (to - from + 2n) / 2n;
    }
  }
  return logs;
}
