import { Type, type Static } from "typebox";
import {
  bytesToHex,
  hexToBytes,
  isAddressEqual,
  recoverTypedDataAddress,
  type Address,
  type Hex,
  type LocalAccount,
} from "viem";
import { bytes32Schema } from "../api/schemas/common.ts";
import { MillraceError } from "../errors/MillraceError.ts";
import { bufferOf, bufferOfText, cipherSuite } from "./hpke.ts";
import { encryptionKeyTypes, secretDomain, type SecretDomain } from "./typedData.ts";

/** An encryption key as its node publishes it in `/v1/status`. */
export const encryptionSchema = Type.Object({
  publicKey: bytes32Schema,
  signature: Type.Unsafe<Hex>(Type.String({ pattern: "^0x[0-9a-fA-F]{130}$" })),
});
export type Encryption = Static<typeof encryptionSchema>;

/** A node's key pair for what is sealed to it. */
export interface EncryptionKey {
  publicKey: Hex;
  privateKey: CryptoKey;
}

const derivation = "millrace encryption key 1";

/**
 * Derives a node's X25519 key pair from its operator key: HKDF-SHA256, then DeriveKeyPair of RFC 9180. The same
 * operator key gives the same pair, so a node that lost its data folder still reads what is sealed to it.
 */
export async function deriveEncryptionKey(operatorKey: Hex): Promise<EncryptionKey> {
  const material = await crypto.subtle.importKey("raw", bufferOf(hexToBytes(operatorKey)), "HKDF", false, [
    "deriveBits",
  ]);
  const algorithm = {
    name: "HKDF",
    hash: "SHA-256",
    salt: new ArrayBuffer(0),
    info: bufferOfText(derivation),
  };
  const seed = await crypto.subtle.deriveBits(algorithm, material, 256);
  const { kem } = cipherSuite();
  const { publicKey, privateKey } = await kem.deriveKeyPair(seed);
  return { publicKey: bytesToHex(new Uint8Array(await kem.serializePublicKey(publicKey))), privateKey };
}

/** Signs a node's encryption key with its operator key (EIP-712). */
export async function signEncryptionKey(parameters: {
  deployment: SecretDomain;
  /** the operator */
  account: LocalAccount;
  node: number;
  publicKey: Hex;
}): Promise<Encryption> {
  const { deployment, account, node, publicKey } = parameters;
  const signature = await account.signTypedData({
    domain: secretDomain(deployment),
    types: encryptionKeyTypes,
    primaryType: "EncryptionKey",
    message: { node, publicKey },
  });
  return { publicKey, signature };
}

/** The address that signed an encryption key for a node; undefined if the signature is none at all. */
export async function encryptionKeySigner(parameters: {
  deployment: SecretDomain;
  node: number;
  encryption: Encryption;
}): Promise<Address | undefined> {
  const { deployment, node, encryption } = parameters;
  return recoverTypedDataAddress({
    domain: secretDomain(deployment),
    types: encryptionKeyTypes,
    primaryType: "EncryptionKey",
    message: { node, publicKey: encryption.publicKey },
    signature: encryption.signature,
  }).catch(() => undefined);
}

/**
 * Checks that a node's operator signed its encryption key.
 * @param operator the key in force that the chain names for the node
 * @throws MillraceError `encryption-key-not-signed`
 */
export async function verifyEncryptionKey(parameters: {
  deployment: SecretDomain;
  node: number;
  encryption: Encryption;
  operator: Address;
}): Promise<void> {
  const signer = await encryptionKeySigner(parameters);
  if (signer !== undefined && isAddressEqual(signer, parameters.operator)) return;
  throw new MillraceError({
    code: "encryption-key-not-signed",
    shortMessage: `The encryption key that node ${parameters.node} shows was not signed by its operator ${parameters.operator}.`,
    nextStep:
      "Nothing was sent to it. Right after its operator key was replaced wait an epoch; else dismiss the worker.",
  });
}
