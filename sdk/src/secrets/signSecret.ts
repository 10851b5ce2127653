import { bytesToHex, type LocalAccount } from "viem";
import { hashSecretValue, type SecretItem } from "./item.ts";
import { checkSecret } from "./limits.ts";
import { secretDomain, secretTypes, type SecretDomain } from "./typedData.ts";

export interface SignSecretParameters {
  deployment: SecretDomain;
  /** the deal's owner */
  account: LocalAccount;
  deal: bigint;
  name: string;
  /** null removes the secret */
  value: string | null;
  /** unix milliseconds; of two versions the later stands */
  version: number;
}

/**
 * Signs a secret, or its removal (EIP-712), with a fresh salt.
 * @throws MillraceError what {@link checkSecret} throws
 */
export async function signSecret(parameters: SignSecretParameters): Promise<SecretItem> {
  const { deployment, account, deal, name, value, version } = parameters;
  checkSecret(name, value);
  const salt = bytesToHex(crypto.getRandomValues(new Uint8Array(32)));
  const signature = await account.signTypedData({
    domain: secretDomain(deployment),
    types: secretTypes,
    primaryType: "Secret",
    message: { deal, name, version: BigInt(version), valueHash: hashSecretValue({ value, salt }) },
  });
  return { name, version, value, salt, signature };
}
