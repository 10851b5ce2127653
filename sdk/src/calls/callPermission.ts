import { Type, type Static } from "typebox";
import { isAddressEqual, recoverTypedDataAddress, type Address, type LocalAccount } from "viem";
import { addressSchema, idSchema } from "../api/schemas/common.ts";
import { formatTime } from "../units.ts";
import { callHeaders, decodeHeader, encodeHeader } from "./headers.ts";
import { permissionError } from "./permissionErrors.ts";
import { callDomain, callPermissionTypes, type CallDomain } from "./typedData.ts";

const signatureSchema = Type.Unsafe<`0x${string}`>(Type.String({ pattern: "^0x[0-9a-fA-F]{130}$" }));

export const callPermissionSchema = Type.Object(
  {
    deal: idSchema,
    caller: addressSchema,
    expiresAt: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: "Unix seconds" }),
    callsPerMinute: Type.Integer({ minimum: 0, maximum: 4294967295 }),
    signature: signatureSchema,
  },
  { additionalProperties: false },
);
/** The right of one caller key to call one deal until a time, at most so often. */
export type CallPermission = Static<typeof callPermissionSchema>;

export interface SignCallPermissionParameters {
  deployment: CallDomain;
  /** the deal's owner, or the permission issuer that its terms name */
  account: LocalAccount;
  deal: bigint;
  caller: Address;
  /** unix seconds */
  expiresAt: number;
  callsPerMinute: number;
}

/** Issues a permission (EIP-712). */
export async function signCallPermission(parameters: SignCallPermissionParameters): Promise<CallPermission> {
  const { deployment, account, deal, caller, expiresAt, callsPerMinute } = parameters;
  const signature = await account.signTypedData({
    domain: callDomain(deployment),
    types: callPermissionTypes,
    primaryType: "CallPermission",
    message: { deal, caller, expiresAt: BigInt(expiresAt), callsPerMinute },
  });
  return { deal: Number(deal), caller, expiresAt, callsPerMinute, signature };
}

export interface VerifyCallPermissionParameters {
  deployment: CallDomain;
  permission: CallPermission;
  /** the deal that is called */
  deal: bigint;
  /** who may issue: the deal's owner and, if its terms name one, the permission issuer */
  issuers: readonly Address[];
  /** unix seconds */
  now: number;
}

/**
 * Checks a permission as a node does.
 * @throws MillraceError `permission-wrong-deal`, `permission-expired` or `permission-not-issued`;
 * {@link permissionStatuses} has the HTTP status of each
 */
export async function verifyCallPermission(parameters: VerifyCallPermissionParameters): Promise<void> {
  const { deployment, permission, deal, issuers, now } = parameters;
  if (BigInt(permission.deal) !== deal) {
    throw permissionError(
      "permission-wrong-deal",
      `The permission is for deal ${permission.deal}, not for deal ${deal.toString()}.`,
    );
  }
  if (permission.expiresAt <= now) {
    const when = formatTime(permission.expiresAt);
    throw permissionError("permission-expired", `The permission expired at ${when}.`);
  }
  const signer = await recoverTypedDataAddress({
    domain: callDomain(deployment),
    types: callPermissionTypes,
    primaryType: "CallPermission",
    message: {
      deal,
      caller: permission.caller,
      expiresAt: BigInt(permission.expiresAt),
      callsPerMinute: permission.callsPerMinute,
    },
    signature: permission.signature,
  }).catch(() => undefined);
  if (signer === undefined || !issuers.some((issuer) => isAddressEqual(issuer, signer))) {
    throw permissionError(
      "permission-not-issued",
      `The permission was not issued by one who may let others call deal ${deal.toString()}.`,
    );
  }
}

/** The value of the header `millrace-permission`. */
export function encodePermission(permission: CallPermission): string {
  return encodeHeader(permission);
}

/**
 * Reads the header `millrace-permission`.
 * @throws MillraceError `permission-missing` or `permission-malformed`
 */
export function decodePermission(header: string | undefined): CallPermission {
  if (header === undefined || header === "") {
    throw permissionError(
      "permission-missing",
      `This deal is not open, and the call has no header ${callHeaders.permission}.`,
    );
  }
  const permission = decodeHeader(callPermissionSchema, header);
  if (permission === undefined) {
    throw permissionError("permission-malformed", `The header ${callHeaders.permission} is no permission.`);
  }
  return permission;
}
