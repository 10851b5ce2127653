import type { Address, ContractFunctionReturnType } from "viem";
import type { Chain } from "../chain/chain.ts";
import { read } from "../chain/read.ts";
import { registryAbi } from "../generated/registryAbi.ts";
import { stakingAbi } from "../generated/stakingAbi.ts";

type Provider = ContractFunctionReturnType<typeof registryAbi, "view", "getProvider">;
type Stake = ContractFunctionReturnType<typeof stakingAbi, "view", "getStake">;

/** A provider with its stake (MILL, 18 decimals). */
export interface ProviderState extends Provider {
  id: number;
  stake: Stake;
}

/** The id of the provider that an address registered; undefined if none. */
export async function findProvider(chain: Chain, owner: Address): Promise<number | undefined> {
  const address = chain.deployment.contracts.registry;
  const id = await read(chain, { address, abi: registryAbi, functionName: "providerOf", args: [owner] });
  return id === 0 ? undefined : id;
}

/**
 * A provider and its stake, from the contracts' views.
 * @throws MillraceError `rpc-unreachable`; an unknown provider has zeros
 */
export async function readProvider(chain: Chain, provider: number): Promise<ProviderState> {
  const { registry, staking } = chain.deployment.contracts;
  const args = [provider] as const;
  const [state, stake] = await Promise.all([
    read(chain, { address: registry, abi: registryAbi, functionName: "getProvider", args }),
    read(chain, { address: staking, abi: stakingAbi, functionName: "getStake", args }),
  ]);
  return { ...state, id: provider, stake };
}
