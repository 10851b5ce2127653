import type { TransactionReceipt } from "viem";
import { attributeId } from "../attributes.ts";
import type { Chain } from "../chain/chain.ts";
import { send } from "../chain/send.ts";
import { registryAbi } from "../generated/registryAbi.ts";

export interface AttestParameters {
  node: number;
  /** a packed attribute such as "cores", or any other name */
  attribute: string;
  /** not 0 */
  value: bigint;
  /** unix seconds from which it holds no more */
  expiresAt: bigint;
  /** the node's revision that was looked at (`getNode`): the attestation fails if the owner changed the node since */
  revision: number;
}

/**
 * The caller says, as attester, what an attribute of a node is. It counts for deals that name the attester, until it
 * expires, is revoked, or the node's owner changes the node.
 * @throws MillraceError `attribute-invalid`, `registry-node-revised`, `registry-attestation-expired`,
 * `registry-zero-value`, `registry-node-unknown`, `registry-node-retired` and as {@link send}
 */
export async function attest(
  chain: Chain,
  { node, attribute, value, expiresAt, revision }: AttestParameters,
): Promise<{ receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.registry,
    abi: registryAbi,
    functionName: "attest",
    args: [node, attributeId(attribute), value, expiresAt, revision],
  });
  return { receipt };
}

/**
 * The caller takes back what it attested; running workers stay.
 * @throws MillraceError `attribute-invalid`, `registry-attestation-unknown` and as {@link send}
 */
export async function revokeAttestation(
  chain: Chain,
  { node, attribute }: Pick<AttestParameters, "node" | "attribute">,
): Promise<{ receipt: TransactionReceipt }> {
  const { receipt } = await send(chain, {
    address: chain.deployment.contracts.registry,
    abi: registryAbi,
    functionName: "revokeAttestation",
    args: [node, attributeId(attribute)],
  });
  return { receipt };
}
