import type { Address, LocalAccount, TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { eventOf } from "../chain/eventOf.ts";
import { send } from "../chain/send.ts";
import { registryAbi } from "../generated/registryAbi.ts";
import { signOperatorConsent } from "./signOperatorConsent.ts";

export interface RotateOperatorParameters {
  node: number;
  /** the provider that owns the node */
  provider: number;
  /** the node's newest key */
  current: Address;
  /** the key that follows; it signs its consent here */
  next: LocalAccount;
}

/**
 * Replaces a node's operator key from the next epoch on.
 * @returns the first epoch of the new key
 * @throws MillraceError `registry-operator-used`, `registry-operator-not-in-force` and as {@link send}
 */
export async function rotateOperator(
  chain: Chain,
  { node, provider, current, next }: RotateOperatorParameters,
): Promise<{ fromEpoch: number; receipt: TransactionReceipt }> {
  const consent = await signOperatorConsent({ deployment: chain.deployment, operator: next, provider });
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.registry,
    abi: registryAbi,
    functionName: "rotateOperator",
    args: [node, current, next.address, consent],
  });
  return {
    fromEpoch: eventOf(receipt, { abi: registryAbi, eventName: "OperatorRotated" }).fromEpoch,
    receipt,
  };
}
