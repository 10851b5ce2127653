import type { Address, TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { send } from "../chain/send.ts";
import { registryAbi } from "../generated/registryAbi.ts";

export interface SetOfferParameters {
  node: number;
  /** the payment token */
  token: Address;
  /** smallest units of the token per unit and epoch */
  askPerUnitEpoch: bigint;
  /** false: the node takes no new worker paid in this token */
  on: boolean;
}

/**
 * Sets a node's offer in a payment token; running workers keep their price.
 * @throws MillraceError `registry-unauthorized`, `registry-node-retired` and as {@link send}
 */
export async function setOffer(
  chain: Chain,
  { node, token, askPerUnitEpoch, on }: SetOfferParameters,
): Promise<{ receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.registry,
    abi: registryAbi,
    functionName: "setOffer",
    args: [node, token, askPerUnitEpoch, on],
  });
  return { receipt };
}
