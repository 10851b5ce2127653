import type { Hex, LocalAccount } from "viem";
import type { Deployment } from "../chain/deployment.ts";

export interface SignOperatorConsentParameters {
  deployment: Pick<Deployment, "chainId" | "contracts">;
  /** the operator key */
  operator: LocalAccount;
  provider: number;
}

/** The operator's consent to speak for a provider's node (EIP-712), as the registry checks it. */
export function signOperatorConsent(parameters: SignOperatorConsentParameters): Promise<Hex> {
  const { deployment, operator, provider } = parameters;
  return operator.signTypedData({
    domain: {
      name: "Millrace Registry",
      version: "1",
      chainId: deployment.chainId,
      verifyingContract: deployment.contracts.registry,
    },
    types: { OperatorConsent: [{ name: "provider", type: "uint32" }] },
    primaryType: "OperatorConsent",
    message: { provider },
  });
}
