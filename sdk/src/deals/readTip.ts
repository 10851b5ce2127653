import type { ContractFunctionReturnType } from "viem";
import type { Chain } from "../chain/chain.ts";
import { read } from "../chain/read.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";

/** What is held for those who found a worker, in smallest units of the deal's payment token; zeros if nothing is. */
export type Tip = ContractFunctionReturnType<typeof dealsAbi, "view", "getTip">;

/** The tip of a worker. */
export function readTip(chain: Chain, { deal, node }: { deal: bigint; node: number }): Promise<Tip> {
  const address = chain.deployment.contracts.deals;
  return read(chain, { address, abi: dealsAbi, functionName: "getTip", args: [deal, node] });
}
