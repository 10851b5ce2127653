import type { Deployment } from "../chain/deployment.ts";

/** What call signatures are bound to: a chain and its Deals contract. */
export type CallDomain = Pick<Deployment, "chainId" | "contracts">;

/** The EIP-712 domain of permissions and calls. */
export function callDomain({ chainId, contracts }: CallDomain) {
  return { name: "Millrace Calls", version: "1", chainId, verifyingContract: contracts.deals } as const;
}

export const callPermissionTypes = {
  CallPermission: [
    { name: "deal", type: "uint64" },
    { name: "caller", type: "address" },
    { name: "expiresAt", type: "uint64" },
    { name: "callsPerMinute", type: "uint32" },
  ],
} as const;

export const callTypes = {
  Call: [
    { name: "deal", type: "uint64" },
    { name: "timestamp", type: "uint64" },
    { name: "nonce", type: "bytes16" },
    { name: "method", type: "string" },
    { name: "target", type: "string" },
    { name: "bodyHash", type: "bytes32" },
  ],
} as const;
