import type { CallDomain } from "../calls/typedData.ts";

/** What signatures of secrets and of encryption keys are bound to: a chain and its Deals contract. */
export type SecretDomain = CallDomain;

/** The EIP-712 domain of secrets and encryption keys. */
export function secretDomain({ chainId, contracts }: SecretDomain) {
  return { name: "Millrace Secrets", version: "1", chainId, verifyingContract: contracts.deals } as const;
}

export const secretTypes = {
  Secret: [
    { name: "deal", type: "uint64" },
    { name: "name", type: "string" },
    { name: "version", type: "uint64" },
    { name: "valueHash", type: "bytes32" },
  ],
} as const;

export const encryptionKeyTypes = {
  EncryptionKey: [
    { name: "node", type: "uint32" },
    { name: "publicKey", type: "bytes32" },
  ],
} as const;
