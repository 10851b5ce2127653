import { Type, type Static } from "typebox";
import { isAddressEqual, keccak256, recoverTypedDataAddress, type Address, type LocalAccount } from "viem";
import { callHeaders, decodeHeader, encodeHeader } from "./headers.ts";
import { permissionError } from "./permissionErrors.ts";
import { callDomain, callTypes, type CallDomain } from "./typedData.ts";

/** How far a signed call's time may be from the node's, in seconds. */
export const callClockToleranceSeconds = 60;

const callProofSchema = Type.Object(
  {
    timestamp: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: "Unix seconds" }),
    signature: Type.Unsafe<`0x${string}`>(Type.String({ pattern: "^0x[0-9a-fA-F]{130}$" })),
  },
  { additionalProperties: false },
);
/** The caller's proof that it sent this body to this deal now. */
export type CallProof = Static<typeof callProofSchema>;

export interface SignCallParameters {
  deployment: CallDomain;
  /** the caller key that the permission names */
  account: LocalAccount;
  deal: bigint;
  body: Uint8Array;
  /** unix seconds */
  timestamp: number;
}

/** Signs a call (EIP-712 over the deal, the time and the body's keccak256). */
export async function signCall(parameters: SignCallParameters): Promise<CallProof> {
  const { deployment, account, deal, body, timestamp } = parameters;
  const signature = await account.signTypedData({
    domain: callDomain(deployment),
    types: callTypes,
    primaryType: "Call",
    message: { deal, timestamp: BigInt(timestamp), bodyHash: keccak256(body) },
  });
  return { timestamp, signature };
}

export interface VerifyCallParameters {
  deployment: CallDomain;
  proof: CallProof;
  /** the caller that the permission names */
  caller: Address;
  deal: bigint;
  body: Uint8Array;
  /** unix seconds */
  now: number;
}

/**
 * Checks a caller's proof as a node does.
 * @throws MillraceError `caller-clock` or `caller-mismatch`
 */
export async function verifyCall(parameters: VerifyCallParameters): Promise<void> {
  const { deployment, proof, caller, deal, body, now } = parameters;
  if (Math.abs(proof.timestamp - now) > callClockToleranceSeconds) {
    throw permissionError(
      "caller-clock",
      `The call was signed ${Math.abs(proof.timestamp - now)} s away from this node's time.`,
    );
  }
  const signer = await recoverTypedDataAddress({
    domain: callDomain(deployment),
    types: callTypes,
    primaryType: "Call",
    message: { deal, timestamp: BigInt(proof.timestamp), bodyHash: keccak256(body) },
    signature: proof.signature,
  }).catch(() => undefined);
  if (signer === undefined || !isAddressEqual(signer, caller)) {
    throw permissionError(
      "caller-mismatch",
      `The call was not signed by ${caller}, whom the permission names.`,
    );
  }
}

/** The value of the header `millrace-caller`. */
export function encodeCallProof(proof: CallProof): string {
  return encodeHeader(proof);
}

/**
 * Reads the header `millrace-caller`.
 * @throws MillraceError `caller-missing` or `caller-malformed`
 */
export function decodeCallProof(header: string | undefined): CallProof {
  if (header === undefined || header === "") {
    throw permissionError("caller-missing", `The call has no header ${callHeaders.caller}.`);
  }
  const proof = decodeHeader(callProofSchema, header);
  if (proof === undefined) {
    throw permissionError("caller-malformed", `The header ${callHeaders.caller} is no signed call.`);
  }
  return proof;
}
