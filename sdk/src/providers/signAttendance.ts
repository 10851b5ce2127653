import { parseSignature, signatureToCompactSignature, type Hex, type LocalAccount } from "viem";
import type { Deployment } from "../chain/deployment.ts";

/** An operator's word that its node is there in an epoch; anyone may bring it to the chain with `attendAll`. */
export interface Attendance {
  node: number;
  /** of the signature, as in ERC-2098 */
  r: Hex;
  /** of the signature, as in ERC-2098 */
  vs: Hex;
}

export interface SignAttendanceParameters {
  deployment: Pick<Deployment, "chainId" | "contracts">;
  /** the operator key */
  operator: LocalAccount;
  node: number;
  epoch: number;
}

/** Signs that a node is there in an epoch (EIP-712), as the registry checks it. */
export async function signAttendance(parameters: SignAttendanceParameters): Promise<Attendance> {
  const { deployment, operator, node, epoch } = parameters;
  const signature = await operator.signTypedData(attendTypedData(deployment, { node, epoch }));
  const { r, yParityAndS } = signatureToCompactSignature(parseSignature(signature));
  return { node, r, vs: yParityAndS };
}

/** What an operator signs. */
export function attendTypedData(
  { chainId, contracts }: Pick<Deployment, "chainId" | "contracts">,
  message: { node: number; epoch: number },
) {
  return {
    domain: { name: "Millrace Registry", version: "1", chainId, verifyingContract: contracts.registry },
    types: {
      Attend: [
        { name: "node", type: "uint32" },
        { name: "epoch", type: "uint32" },
      ],
    },
    primaryType: "Attend",
    message,
  } as const;
}
