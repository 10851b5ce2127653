import { Type, type Static } from "typebox";
import type { Address } from "viem";
import { addressSchema, amountSchema, bytes32Schema, epochSchema, idSchema } from "./common.ts";
import { listModes, operators } from "./names.ts";

export const constraintSchema = Type.Object(
  {
    attribute: Type.String({
      pattern: "^([A-Za-z0-9._-]{1,32}|0x[0-9a-fA-F]{64})$",
      description: "By name; in hexadecimal if it has none",
    }),
    operator: Type.Enum(operators),
    value: Type.String({ pattern: "^(0|[1-9][0-9]{0,19})$", description: "The chain's number, decimal" }),
    attester: Type.Unsafe<Address>(
      Type.String({
        ...addressSchema,
        description: "Whose attestation counts; the zero address: what the node's owner declares",
      }),
    ),
  },
  {
    additionalProperties: false,
    description: "`attribute operator value` must hold; a missing attribute fails",
  },
);

export const termsSchema = Type.Object(
  {
    paymentToken: addressSchema,
    moduleDigest: bytes32Schema,
    functionCommitment: bytes32Schema,
    unitsPerWorker: Type.Integer({ minimum: 0, maximum: 65535 }),
    minWorkers: Type.Integer({ minimum: 0, maximum: 255 }),
    targetWorkers: Type.Integer({ minimum: 0, maximum: 255 }),
    maxWorkers: Type.Integer({ minimum: 0, maximum: 255 }),
    maxWorkersPerProvider: Type.Integer({ minimum: 0, maximum: 255 }),
    priceLimit: amountSchema,
    minimumAsk: amountSchema,
    priceToleranceBps: Type.Integer({ minimum: 0, maximum: 65535 }),
    tipPerWorker: amountSchema,
    endEpoch: epochSchema,
    openToAll: Type.Boolean(),
    permissionIssuer: addressSchema,
    constraints: Type.Array(constraintSchema, { maxItems: 8 }),
    listMode: Type.Enum(listModes),
    providers: Type.Array(idSchema, { maxItems: 64 }),
  },
  {
    additionalProperties: false,
    description:
      "A deal's terms as in the Solidity struct; enums by name, amounts per unit and epoch, endEpoch 0 = open",
  },
);
export type TermsJson = Static<typeof termsSchema>;
