import { zeroHash, type Hex, type TransactionReceipt } from "viem";
import type { Chain } from "../chain/chain.ts";
import { eventOf } from "../chain/eventOf.ts";
import { send } from "../chain/send.ts";
import { cidToDigest } from "../cid.ts";
import { modulesAbi } from "../generated/modulesAbi.ts";

export interface SetModuleParameters {
  deal: bigint;
  /** CIDv1 (raw, sha2-256) of the module; an earlier one again for a rollback */
  cid: string;
  /** what its calls are proved against; default none */
  functionCommitment?: Hex | undefined;
}

/**
 * The owner has a deal run another module from the next epoch on, once an epoch at most.
 * @returns the new version's number and its first epoch
 * @throws MillraceError `cid-invalid`, `modules-unauthorized`, `modules-changed-already`, `modules-deal-ended`,
 * `modules-deal-uncommitted`, `deals-unknown` and as {@link send}
 */
export async function setModule(
  chain: Chain,
  { deal, cid, functionCommitment = zeroHash }: SetModuleParameters,
): Promise<{ version: number; fromEpoch: number; receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.modules,
    abi: modulesAbi,
    functionName: "setModule",
    args: [deal, cidToDigest(cid), functionCommitment],
  });
  const { version, fromEpoch } = eventOf(receipt, { abi: modulesAbi, eventName: "ModuleChanged" });
  return { version, fromEpoch, receipt };
}
