import type { LocalAccount } from "viem";
import type { Chain } from "../chain/chain.ts";
import { encodePermission, signCallPermission, type CallPermission } from "./callPermission.ts";
import { encodeCallProof, signCall, type SignedCall } from "./callProof.ts";
import { callHeaders } from "./headers.ts";

export interface SignHeadersParameters {
  chain: Chain;
  account: LocalAccount | undefined;
  call: SignedCall;
  /** "self": the account issues one to itself, as the deal's owner may */
  permission: CallPermission | "self" | undefined;
}

const selfSeconds = 3600;
const selfCallsPerMinute = 6000;

/** The headers that prove a right to send one request; none without a permission for its deal. */
export async function signHeaders(parameters: SignHeadersParameters): Promise<Record<string, string>> {
  const { chain, account, call } = parameters;
  if (account === undefined) return {};
  const timestamp = Math.floor(Date.now() / 1000);
  const permission =
    parameters.permission === "self"
      ? await signCallPermission({
          deployment: chain.deployment,
          account,
          deal: call.deal,
          caller: account.address,
          expiresAt: timestamp + selfSeconds,
          callsPerMinute: selfCallsPerMinute,
        })
      : parameters.permission;
  if (permission === undefined || BigInt(permission.deal) !== call.deal) return {};
  const proof = await signCall({ deployment: chain.deployment, account, timestamp, ...call });
  return {
    [callHeaders.permission]: encodePermission(permission),
    [callHeaders.caller]: encodeCallProof(proof),
  };
}
