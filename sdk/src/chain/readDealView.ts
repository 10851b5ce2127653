import type { ContractFunctionReturnType } from "viem";
import { dealsAbi } from "../generated/dealsAbi.ts";
import type { Chain } from "./chain.ts";
import { read } from "./read.ts";

/** A deal as the contract shows it. */
export type DealView = ContractFunctionReturnType<typeof dealsAbi, "view", "getDeal">;

/**
 * A deal as if it had been settled in the newest block, without its terms.
 * @throws MillraceError `deals-unknown`, `rpc-unreachable`
 */
export function readDealView(chain: Chain, deal: bigint): Promise<DealView> {
  const address = chain.deployment.contracts.deals;
  return read(chain, { address, abi: dealsAbi, functionName: "getDeal", args: [deal] });
}
