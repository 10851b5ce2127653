import { MillraceError } from "../errors/MillraceError.ts";

/** Why a node refuses a caller, with the HTTP status it answers. */
export const permissionStatuses = {
  "permission-missing": 401,
  "permission-malformed": 401,
  "permission-wrong-deal": 403,
  "permission-expired": 403,
  "permission-not-issued": 403,
  "caller-missing": 401,
  "caller-malformed": 401,
  "caller-clock": 401,
  "caller-mismatch": 401,
  "caller-replayed": 401,
} as const;
export type PermissionErrorCode = keyof typeof permissionStatuses;

const nextSteps: Record<PermissionErrorCode, string> = {
  "permission-missing": "Ask the deal's owner for a permission and send it with the call.",
  "permission-malformed": "Send the permission as it was issued.",
  "permission-wrong-deal": "Use a permission for this deal.",
  "permission-expired": "Ask the deal's owner for a new permission.",
  "permission-not-issued":
    "A permission is signed by the deal's owner or its permission issuer, for this chain's Deals contract.",
  "caller-missing": "Sign the call with the key that the permission names.",
  "caller-malformed": "Sign the call with the SDK (signCall).",
  "caller-clock": "Set the clock right: a signed call is taken for 60 seconds.",
  "caller-mismatch": "Sign the call, as it is sent, with the key that the permission names.",
  "caller-replayed": "Sign each call anew; the SDK does.",
};

/** A refusal, with its standard next step. */
export function permissionError(code: PermissionErrorCode, shortMessage: string): MillraceError {
  return new MillraceError({ code, shortMessage, nextStep: nextSteps[code] });
}
