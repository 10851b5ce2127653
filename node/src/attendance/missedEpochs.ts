import { type Chain, registryAbi } from "@millrace/sdk";

const bitsPerWord = 256;
/** How far back the last attendance is looked for: 4,096 epochs, half a year of hours. */
const mostWords = 16;

/** Epochs in a row that a node did not attend, both ends included. */
export interface MissedEpochs {
  from: number;
  to: number;
}

/**
 * The newest epoch before the present one that a bitmap says was attended.
 *
 * @param words attendance of 256 epochs each, newest first; the lowest bit is the first epoch of its word
 * @param newestWord number of the first of them
 * @param epoch the present epoch
 * @returns undefined if none was
 */
export function lastAttended(
  words: readonly bigint[],
  newestWord: number,
  epoch: number,
): number | undefined {
  for (const [index, word] of words.entries()) {
    const first = (newestWord - index) * bitsPerWord;
    for (let bit = bitsPerWord - 1; bit >= 0; bit -= 1) {
      if (first + bit <= epoch && ((word >> BigInt(bit)) & 1n) === 1n) return first + bit;
    }
  }
  return undefined;
}

/**
 * Reads from the chain which epochs a node missed until now.
 *
 * @param epoch the present epoch, which is not over
 * @returns undefined if it missed none since it last attended, or never attended
 * @throws what viem throws
 */
export async function readMissedEpochs(
  { publicClient, deployment }: Chain,
  nodeId: number,
  epoch: number,
): Promise<MissedEpochs | undefined> {
  const newestWord = Math.floor(epoch / bitsPerWord);
  const words: bigint[] = [];
  let last: number | undefined;
  while (last === undefined && words.length < mostWords && words.length <= newestWord) {
    const word = await publicClient.readContract({
      address: deployment.contracts.registry,
      abi: registryAbi,
      functionName: "attendedWord",
      args: [nodeId, newestWord - words.length],
    });
    words.push(word);
    last = lastAttended(words, newestWord, epoch);
  }
  return last === undefined || last >= epoch - 1 ? undefined : { from: last + 1, to: epoch - 1 };
}
