import { read, registryAbi, type Chain } from "@millrace/sdk";
import type { Address } from "viem";

/** A node's offer in a payment token: the ask in smallest units per unit and epoch, and if it is on. */
export async function readOffer(
  chain: Chain,
  node: number,
  token: Address,
): Promise<{ askPerUnitEpoch: bigint; on: boolean }> {
  const address = chain.deployment.contracts.registry;
  return read(chain, { address, abi: registryAbi, functionName: "getOffer", args: [node, token] });
}
