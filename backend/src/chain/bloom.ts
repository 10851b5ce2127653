import { hexToBytes, keccak256, type Hex } from "viem";

/** True if a block's bloom filter says that it may hold a log of `address` (Ethereum yellow paper, 4.3.1). */
export function bloomMayHold(bloom: Hex, address: Hex): boolean {
  const filter = hexToBytes(bloom);
  const hash = keccak256(hexToBytes(address), "bytes");
  return [0, 2, 4].every((at) => {
    const bit = (((hash[at] ?? 0) << 8) | (hash[at + 1] ?? 0)) & 2047;
    const byte = filter[filter.length - 1 - (bit >> 3)] ?? 0;
    return (byte & (1 << (bit & 7))) !== 0;
  });
}
