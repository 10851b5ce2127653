import type { Address } from "viem";
import type { Chain } from "../chain/chain.ts";
import { read } from "../chain/read.ts";
import { stakingAbi } from "../generated/stakingAbi.ts";

/** What an account can withdraw of executed slashes, MILL with 18 decimals. */
export function readShares(chain: Chain, account: Address): Promise<bigint> {
  const address = chain.deployment.contracts.staking;
  return read(chain, { address, abi: stakingAbi, functionName: "sharesOf", args: [account] });
}
