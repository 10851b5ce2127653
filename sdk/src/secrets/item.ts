import { Type, type Static } from "typebox";
import { concat, keccak256, stringToBytes, zeroHash, type Hex } from "viem";
import { bytes32Schema, nullable } from "../api/schemas/common.ts";
import { secretLimits } from "./limits.ts";

const signatureSchema = Type.Unsafe<Hex>(Type.String({ pattern: "^0x[0-9a-fA-F]{130}$" }));
const common = {
  name: Type.String({ minLength: 1, maxLength: secretLimits.nameLength }),
  version: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: "Unix milliseconds" }),
  signature: signatureSchema,
};

/** What one may know of a secret without knowing its value; `valueHash` is zero for a removed one. */
export const secretEntrySchema = Type.Object(
  { ...common, valueHash: bytes32Schema },
  { additionalProperties: false },
);
export type SecretEntry = Static<typeof secretEntrySchema>;

/** A secret as its deal's owner signed it; `value` is null for a removed one. */
export const secretItemSchema = Type.Object(
  { ...common, value: nullable(Type.String()), salt: bytes32Schema },
  { additionalProperties: false },
);
export type SecretItem = Static<typeof secretItemSchema>;

/** The list of {@link SecretEntry} that a node answers with. */
export const secretEntriesSchema = Type.Object({ items: Type.Array(secretEntrySchema) });

/** Hash of a value with its salt, which keeps a short value from being guessed; zero for a removed secret. */
export function hashSecretValue({ value, salt }: Pick<SecretItem, "value" | "salt">): Hex {
  return value === null ? zeroHash : keccak256(concat([salt, keccak256(stringToBytes(value))]));
}

/** An item without its value. */
export function secretEntryOf({ name, version, value, salt, signature }: SecretItem): SecretEntry {
  return { name, version, valueHash: hashSecretValue({ value, salt }), signature };
}

/** True if the entry says that the secret was removed. */
export function isRemoved({ valueHash }: Pick<SecretEntry, "valueHash">): boolean {
  return valueHash === zeroHash;
}
