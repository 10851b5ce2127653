import type { ContractFunctionReturnType } from "viem";
import type { Chain } from "../chain/chain.ts";
import { read } from "../chain/read.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";

/** Amounts are smallest units of the payment token. */
export type Owed = ContractFunctionReturnType<typeof dealsAbi, "view", "owed">;

export interface ReadOwedParameters {
  deal: bigint;
  node: number;
}

/**
 * What a worker is owed for completed epochs that are not settled yet.
 * @throws MillraceError `deals-unknown`, `deals-worker-unknown`, `rpc-unreachable`
 */
export async function readOwed(chain: Chain, { deal, node }: ReadOwedParameters): Promise<Owed> {
  const address = chain.deployment.contracts.deals;
  const args = [deal, node] as const;
  return read(chain, { address, abi: dealsAbi, functionName: "owed", args });
}
