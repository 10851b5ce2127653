import { zeroAddress, type Address, type TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { send } from "../chain/send.ts";
import { dealsAbi } from "../generated/dealsAbi.ts";

export interface SetScalerParameters {
  deal: bigint;
  /** the key that may change the deal's target beside its owner, and what the deal may cost for it to raise it; undefined: nobody may */
  scaler:
    | {
        key: Address;
        /** smallest units of the deal's token: all workers at the price limit and a tip for each; 0 if it may only lower */
        capPerEpoch: bigint;
      }
    | undefined;
}

/**
 * The owner names the deal's scaler in place of the one before, or takes its right away.
 * @throws MillraceError `deals-unauthorized`, `deals-zero-address` and as {@link send}
 */
export async function setScaler(
  chain: Chain,
  { deal, scaler }: SetScalerParameters,
): Promise<{ receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.deals,
    abi: dealsAbi,
    functionName: "setScaler",
    args: [deal, scaler?.key ?? zeroAddress, scaler?.capPerEpoch ?? 0n],
  });
  return { receipt };
}
