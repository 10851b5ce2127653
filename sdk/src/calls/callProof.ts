import { Type, type Static } from "typebox";
import {
  bytesToHex,
  isAddressEqual,
  keccak256,
  recoverTypedDataAddress,
  type Address,
  type LocalAccount,
} from "viem";
import { callHeaders, decodeHeader, encodeHeader } from "./headers.ts";
import { permissionError } from "./permissionErrors.ts";
import { callDomain, callTypes, type CallDomain } from "./typedData.ts";

/** How far a signed call's time may be from the node's, in seconds. */
export const callClockToleranceSeconds = 60;

const callProofSchema = Type.Object(
  {
    timestamp: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: "Unix seconds" }),
    nonce: Type.Unsafe<`0x${string}`>(Type.String({ pattern: "^0x[0-9a-f]{32}$" })),
    signature: Type.Unsafe<`0x${string}`>(Type.String({ pattern: "^0x[0-9a-fA-F]{130}$" })),
  },
  { additionalProperties: false },
);
/** The caller's proof that it sent this very request to this deal now. A node takes each nonce once. */
export type CallProof = Static<typeof callProofSchema>;

/** What a caller signs of a request. */
export interface SignedCall {
  deal: bigint;
  /** upper case */
  method: string;
  /** what follows `/call` in the request's URL as it is sent, with the query; see {@link callUrl} */
  target: string;
  body: Uint8Array;
}

export interface SignCallParameters extends SignedCall {
  deployment: CallDomain;
  /** the caller key that the permission names */
  account: LocalAccount;
  /** unix seconds */
  timestamp: number;
}

/** Signs a call (EIP-712 over the deal, the time, a fresh nonce, method, target and the body's keccak256). */
export async function signCall(parameters: SignCallParameters): Promise<CallProof> {
  const { deployment, account, timestamp } = parameters;
  const nonce = bytesToHex(crypto.getRandomValues(new Uint8Array(16)));
  const signature = await account.signTypedData({
    domain: callDomain(deployment),
    types: callTypes,
    primaryType: "Call",
    message: callMessage(parameters, { timestamp, nonce }),
  });
  return { timestamp, nonce, signature };
}

function callMessage(
  { deal, method, target, body }: SignedCall,
  { timestamp, nonce }: Pick<CallProof, "timestamp" | "nonce">,
) {
  return { deal, timestamp: BigInt(timestamp), nonce, method, target, bodyHash: keccak256(body) };
}

export interface VerifyCallParameters extends SignedCall {
  deployment: CallDomain;
  proof: CallProof;
  /** the caller that the permission names */
  caller: Address;
  /** unix seconds */
  now: number;
}

/**
 * Checks a caller's proof as a node does, but for its nonce: whether it was used before only the node knows.
 * @throws MillraceError `caller-clock` or `caller-mismatch`
 */
export async function verifyCall(parameters: VerifyCallParameters): Promise<void> {
  const { deployment, proof, caller, now } = parameters;
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
    message: callMessage(parameters, proof),
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
