import type { Address, TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { send } from "../chain/send.ts";
import { registryAbi } from "../generated/registryAbi.ts";

export interface RequestPayoutChangeParameters {
  provider: number;
  /** who is to be paid */
  payout: Address;
}

/**
 * The provider's owner asks for another payout address; in force after thawPeriod.
 * @throws MillraceError `registry-unauthorized` and as {@link send}
 */
export async function requestPayoutChange(
  chain: Chain,
  { provider, payout }: RequestPayoutChangeParameters,
): Promise<{ receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.registry,
    abi: registryAbi,
    functionName: "requestPayoutChange",
    args: [provider, payout],
  });
  return { receipt };
}
