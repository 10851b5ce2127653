import type { TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { send } from "../chain/send.ts";
import { parametersAbi } from "../generated/parametersAbi.ts";

/**
 * The guardian opens the entry before its pause is over. The pause stays used.
 * @throws MillraceError `parameter-guardian-unauthorized`, `parameter-entry-not-paused` and as {@link send}
 */
export async function resumeEntry(chain: Chain): Promise<{ receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.parameters,
    abi: parametersAbi,
    functionName: "resumeEntry",
    args: [],
  });
  return { receipt };
}
