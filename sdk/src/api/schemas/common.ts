import { Type, type TSchema } from "typebox";

/** 0x and 40 hexadecimal digits. */
export const addressSchema = Type.Unsafe<`0x${string}`>(
  Type.String({ pattern: "^0x[0-9a-fA-F]{40}$", description: "EVM address, checksummed in answers" }),
);

/** 0x and 64 hexadecimal digits. */
export const bytes32Schema = Type.Unsafe<`0x${string}`>(
  Type.String({ pattern: "^0x[0-9a-fA-F]{64}$", description: "32 bytes in hexadecimal" }),
);

/** An amount in the token's smallest units as a decimal string: it may exceed what a JSON number holds. */
export const amountSchema = Type.String({
  pattern: "^(0|[1-9][0-9]{0,77})$",
  description: "Smallest units of the token, decimal",
});

/** Dense id of a provider, node or deal, from 1. */
export const idSchema = Type.Integer({
  minimum: 1,
  maximum: Number.MAX_SAFE_INTEGER,
  description: "Dense id, from 1",
});

/** Epoch number; a funded-through epoch beyond 2^32 - 1 is given as 2^32 - 1. */
export const epochSchema = Type.Integer({ minimum: 0, maximum: 4294967295, description: "Epoch number" });

export const blockNumberSchema = Type.Integer({ minimum: 0, description: "Block number" });

/** CIDv1, raw codec, sha2-256, base32. */
export const cidSchema = Type.String({ pattern: "^bafkrei[a-z2-7]{52}$", description: "CIDv1 raw sha2-256" });

/** The schema or null. */
export function nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()]);
}

/** The envelope of every list: which chain state it shows and the cursor of the next page (null on the last). */
export function listSchema<T extends TSchema>(item: T) {
  return Type.Object({
    asOfBlock: blockNumberSchema,
    finalizedBlock: blockNumberSchema,
    items: Type.Array(item),
    next: nullable(Type.String()),
  });
}

/** The envelope of every single item. */
export function itemSchema<T extends TSchema>(item: T) {
  return Type.Object({ asOfBlock: blockNumberSchema, finalizedBlock: blockNumberSchema, item });
}
