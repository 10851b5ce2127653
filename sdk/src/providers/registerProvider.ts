import { zeroHash, type Address, type TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { eventOf } from "../chain/eventOf.ts";
import { requireAccount } from "../chain/requireAccount.ts";
import { send } from "../chain/send.ts";
import { cidToDigest } from "../cid.ts";
import { registryAbi } from "../generated/registryAbi.ts";

export interface RegisterProviderParameters {
  /** who is paid; default the sender */
  payout?: Address | undefined;
  /** CID of a public description; default none */
  metadataCid?: string | undefined;
}

/**
 * Registers the sender as a provider.
 * @returns the new provider's id
 * @throws MillraceError `registry-owner-has-provider`, `cid-invalid` and as {@link send}
 */
export async function registerProvider(
  chain: Chain,
  { payout, metadataCid }: RegisterProviderParameters = {},
): Promise<{ provider: number; receipt: TransactionReceipt }> {
  const metadataDigest = metadataCid === undefined ? zeroHash : cidToDigest(metadataCid);
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.registry,
    abi: registryAbi,
    functionName: "registerProvider",
    args: [metadataDigest, payout ?? requireAccount(chain).address],
  });
  return {
    provider: eventOf(receipt, { abi: registryAbi, eventName: "ProviderRegistered" }).provider,
    receipt,
  };
}
