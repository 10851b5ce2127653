/** Knuth's multiplicative hash spreads consecutive node ids over the whole range. */
const spread = 2_654_435_761;
const range = 2 ** 32;
const mostMs = 60_000;

/**
 * How long after an epoch's start a node attends, so that not all nodes of the network use the same block.
 *
 * @param epochDurationSeconds length of an epoch
 * @returns milliseconds, the same for a node in every epoch, below a tenth of the epoch and below a minute
 */
export function attendDelayMs(nodeId: number, epochDurationSeconds: number): number {
  const spanMs = attendSpanMs(epochDurationSeconds);
  const hash = Number((BigInt(nodeId) * BigInt(spread)) % BigInt(range));
  return Math.floor((hash / range) * spanMs);
}

/** Within how many milliseconds of an epoch all nodes attend that attend by themselves. */
export function attendSpanMs(epochDurationSeconds: number): number {
  return Math.min((epochDurationSeconds * 1000) / 10, mostMs);
}
