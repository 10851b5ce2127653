import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { eventOf } from "../chain/eventOf.ts";
import { send } from "../chain/send.ts";
import { registryAbi } from "../generated/registryAbi.ts";

/**
 * The operator marks the present epoch for its node, once per epoch.
 * @throws MillraceError `registry-already-attended`, `registry-operator-not-in-force` and as {@link send}
 */
export async function attend(chain: Chain): Promise<{ epoch: number; receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.registry,
    abi: registryAbi,
    functionName: "attend",
    args: [],
  });
  return { epoch: eventOf(receipt, { abi: registryAbi, eventName: "NodeAttended" }).epoch, receipt };
}
