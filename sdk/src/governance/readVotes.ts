import { isAddressEqual, zeroAddress, type Address } from "viem";
import type { Chain } from "../chain/chain.ts";
import { read } from "../chain/read.ts";
import { millAbi } from "../generated/millAbi.ts";
import { stakingAbi } from "../generated/stakingAbi.ts";
import { votingPowerAbi } from "../generated/votingPowerAbi.ts";
import { findProvider } from "../providers/readProvider.ts";

/** The votes of an account now; MILL with 18 decimals. */
export interface Votes {
  /** what it votes with, delegated to it by itself or others */
  readonly total: bigint;
  readonly ofMill: bigint;
  readonly ofStake: bigint;
  /** what it holds, whoever votes with it */
  readonly held: bigint;
  /** who votes with what it holds; undefined: nobody */
  readonly millDelegate: Address | undefined;
  /** its provider, if it has one */
  readonly provider: number | undefined;
  /** who votes with its provider's stake; undefined: nobody */
  readonly stakeDelegate: Address | undefined;
}

/** Reads what an account votes with and to whom it delegates. */
export async function readVotes(chain: Chain, account: Address): Promise<Votes> {
  const { mill, staking, votingPower } = chain.deployment.contracts;
  const args = [account] as const;
  const [total, ofMill, ofStake, held, millDelegate, stakeDelegate, provider] = await Promise.all([
    read(chain, { address: votingPower, abi: votingPowerAbi, functionName: "getVotes", args }),
    read(chain, { address: mill, abi: millAbi, functionName: "getVotes", args }),
    read(chain, { address: staking, abi: stakingAbi, functionName: "getVotes", args }),
    read(chain, { address: mill, abi: millAbi, functionName: "balanceOf", args }),
    read(chain, { address: mill, abi: millAbi, functionName: "delegates", args }),
    read(chain, { address: staking, abi: stakingAbi, functionName: "delegates", args }),
    findProvider(chain, account),
  ]);
  return {
    ...{ total, ofMill, ofStake, held, provider },
    millDelegate: orNobody(millDelegate),
    stakeDelegate: orNobody(stakeDelegate),
  };
}

function orNobody(address: Address): Address | undefined {
  return isAddressEqual(address, zeroAddress) ? undefined : address;
}
