import { zeroAddress, type Address } from "viem";
import type { Chain } from "../chain/chain.ts";
import { read } from "../chain/read.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";

/** Who may change a deal's target beside its owner. */
export interface Scaler {
  key: Address;
  /** smallest units of the deal's token; see {@link setScaler} */
  capPerEpoch: bigint;
  /** first epoch in which it may change the target again */
  nextEpoch: number;
}

/** The deal's scaler; undefined if it has none. */
export async function readScaler(chain: Chain, deal: bigint): Promise<Scaler | undefined> {
  const address = chain.deployment.contracts.deals;
  const [key, capPerEpoch, nextEpoch] = await read(chain, {
    ...{ address, abi: dealsAbi, functionName: "getScaler", args: [deal] },
  });
  return key === zeroAddress ? undefined : { key, capPerEpoch, nextEpoch };
}
