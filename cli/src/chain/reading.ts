import { decodeRevert, type Chain } from "@millrace/sdk";
import { numberToHex, type Hex } from "viem";

/**
 * Runs reads of the chain.
 * @throws MillraceError in the words of the SDK if one fails
 */
export async function reading<T>(chain: Chain, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw decodeRevert(error, { deployment: chain.deployment });
  }
}

/** Every block since the contracts exist. */
export async function wholeRange(chain: Chain): Promise<{ fromBlock: bigint; toBlock: bigint }> {
  const toBlock = await reading(chain, () => chain.publicClient.getBlockNumber());
  return { fromBlock: BigInt(chain.deployment.deploymentBlock), toBlock };
}

/** An id as a log's topic. */
export function idTopic(id: bigint | number): Hex {
  return numberToHex(id, { size: 32 });
}
