import { isAddressEqual, zeroAddress, type Address, type TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { requireAccount } from "../chain/requireAccount.ts";
import { send } from "../chain/send.ts";
import { millAbi } from "../generated/millAbi.ts";
import { stakingAbi } from "../generated/stakingAbi.ts";
import { readVotes } from "./readVotes.ts";

export interface DelegateParameters {
  /** default the account itself; the zero address: nobody */
  to?: Address | undefined;
}

export interface DelegateReturn {
  readonly to: Address;
  /** undefined: it was so already */
  readonly mill: TransactionReceipt | undefined;
  /** undefined: it was so already, or the account has no provider */
  readonly stake: TransactionReceipt | undefined;
}

/**
 * Says who votes with the account's MILL, and with its provider's stake if it has one. Counts from the next second on, so
 * for votes that begin later. What is so already is not sent again.
 * @throws MillraceError as {@link send}
 */
export async function delegate(chain: Chain, { to }: DelegateParameters = {}): Promise<DelegateReturn> {
  const { mill, staking } = chain.deployment.contracts;
  const account = requireAccount(chain).address;
  const delegatee = to ?? account;
  const present = await readVotes(chain, account);
  const isSame = (now: Address | undefined) => isAddressEqual(now ?? zeroAddress, delegatee);
  const call = { functionName: "delegate", args: [delegatee] } as const;
  const ofMill = isSame(present.millDelegate)
    ? undefined
    : (await send(chain, { address: mill, abi: millAbi, ...call })).receipt;
  const ofStake =
    present.provider === undefined || isSame(present.stakeDelegate)
      ? undefined
      : (await send(chain, { address: staking, abi: stakingAbi, ...call })).receipt;
  return { to: delegatee, mill: ofMill, stake: ofStake };
}
