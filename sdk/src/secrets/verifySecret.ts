import { isAddressEqual, recoverTypedDataAddress, type Address } from "viem";
import { MillraceError } from "../errors/MillraceError.ts";
import type { SecretEntry } from "./item.ts";
import { secretDomain, secretTypes, type SecretDomain } from "./typedData.ts";

export interface VerifySecretParameters {
  deployment: SecretDomain;
  deal: bigint;
  /** the deal's owner, as the chain names it */
  owner: Address;
  /** of an item: {@link secretEntryOf} */
  entry: SecretEntry;
}

/**
 * Checks that the deal's owner signed a secret.
 * @throws MillraceError `secret-not-signed`
 */
export async function verifySecret(parameters: VerifySecretParameters): Promise<void> {
  const { deployment, deal, owner, entry } = parameters;
  const { name, version, valueHash, signature } = entry;
  const signer = await recoverTypedDataAddress({
    domain: secretDomain(deployment),
    types: secretTypes,
    primaryType: "Secret",
    message: { deal, name, version: BigInt(version), valueHash },
    signature,
  }).catch(() => undefined);
  if (signer !== undefined && isAddressEqual(signer, owner)) return;
  throw new MillraceError({
    code: "secret-not-signed",
    shortMessage: `The secret ${JSON.stringify(name)} was not signed by ${owner}, the owner of deal ${deal.toString()}.`,
    nextStep: "Sign it with the owner's wallet, for this deal on this chain.",
  });
}
