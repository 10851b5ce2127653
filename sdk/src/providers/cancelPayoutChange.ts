import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { send } from "../chain/send.ts";
import { registryAbi } from "../generated/registryAbi.ts";

export interface CancelPayoutChangeParameters {
  provider: number;
}

/**
 * The present payout address or the owner stops a pending change.
 * @throws MillraceError `registry-unauthorized`, `registry-no-payout-change` and as {@link send}
 */
export async function cancelPayoutChange(
  chain: Chain,
  { provider }: CancelPayoutChangeParameters,
): Promise<{ receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.registry,
    abi: registryAbi,
    functionName: "cancelPayoutChange",
    args: [provider],
  });
  return { receipt };
}
