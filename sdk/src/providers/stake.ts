import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { send } from "../chain/send.ts";
import { stakingAbi } from "../generated/stakingAbi.ts";
import { withAllowance } from "../tokens/withAllowance.ts";
import { millUnits } from "../units.ts";

export interface StakeParameters {
  /** whoever stakes for another's provider gives it away */
  provider: number;
  /** MILL, 18 decimals */
  amount: bigint;
}

/**
 * Adds MILL to a provider's free stake, with a permit.
 * @throws MillraceError `staking-provider-unknown`, `erc20-insufficient-balance` and as {@link send}
 */
export async function stake(
  chain: Chain,
  { provider, amount }: StakeParameters,
): Promise<{ receipt: TransactionReceipt }> {
  const { mill, staking: address } = chain.deployment.contracts;
  const contract = { address, abi: stakingAbi, token: millUnits } as const;
  const allowance = { token: mill, spender: address, amount, units: millUnits };
  const { receipt } = await withAllowance(chain, allowance, (permit) =>
    permit === undefined
      ? send(chain, { ...contract, functionName: "stake", args: [provider, amount] })
      : send(chain, {
          ...contract,
          functionName: "stakeWithPermit",
          args: [provider, amount, permit.deadline, permit.v, permit.r, permit.s],
        }),
  );
  return { receipt };
}
