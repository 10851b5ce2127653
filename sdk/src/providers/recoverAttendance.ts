import { compactSignatureToSignature, recoverTypedDataAddress, serializeSignature, type Address } from "viem";
import type { Deployment } from "../chain/deployment.ts";
import { attendTypedData, type Attendance } from "./signAttendance.ts";

/**
 * Who signed that a node is there in an epoch; whether that key speaks for the node is the registry's to say.
 * @returns undefined if it is no signature at all
 */
export async function recoverAttendance(
  deployment: Pick<Deployment, "chainId" | "contracts">,
  { node, epoch, r, vs }: Attendance & { epoch: number },
): Promise<Address | undefined> {
  try {
    const signature = serializeSignature(compactSignatureToSignature({ r, yParityAndS: vs }));
    return await recoverTypedDataAddress({ ...attendTypedData(deployment, { node, epoch }), signature });
  } catch {
    return undefined;
  }
}
