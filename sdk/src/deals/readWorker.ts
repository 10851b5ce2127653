import type { ContractFunctionReturnType } from "viem";
import type { Chain } from "../chain/chain.ts";
import { read } from "../chain/read.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";

/** A worker as stored; zeros if it is unknown or released. `lockMilliMill` is thousandths of a MILL. */
export type StoredWorker = ContractFunctionReturnType<typeof dealsAbi, "view", "getWorker">;

/** A worker as the contract stores it. */
export function readWorker(
  chain: Chain,
  { deal, node }: { deal: bigint; node: number },
): Promise<StoredWorker> {
  const address = chain.deployment.contracts.deals;
  return read(chain, { address, abi: dealsAbi, functionName: "getWorker", args: [deal, node] });
}
