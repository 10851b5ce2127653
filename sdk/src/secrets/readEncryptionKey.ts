import { Type } from "typebox";
import Value from "typebox/value";
import type { Hex } from "viem";
import type { ActiveWorker } from "../chain/readWorkers.ts";
import { MillraceError } from "../errors/MillraceError.ts";
import { encryptionSchema, verifyEncryptionKey } from "./encryptionKey.ts";
import type { SecretDomain } from "./typedData.ts";

const timeoutMs = 5_000;
const statusSchema = Type.Object({ encryption: encryptionSchema });

/**
 * Asks a worker for the key that secrets are sealed to, and checks that the operator which the chain names for the
 * node signed it.
 * @throws MillraceError `node-unreachable`, `encryption-key-missing` or `encryption-key-not-signed`
 */
export async function readEncryptionKey(
  deployment: SecretDomain,
  { node, operator, endpoint }: Pick<ActiveWorker, "node" | "operator" | "endpoint">,
): Promise<Hex> {
  const status = await readStatus(endpoint);
  if (!Value.Check(statusSchema, status)) {
    throw new MillraceError({
      code: "encryption-key-missing",
      shortMessage: `Node ${node} shows no encryption key, so nothing can be sealed to it.`,
      nextStep: "Its provider runs an older version; ask for an update, or dismiss the worker.",
    });
  }
  const { encryption } = status;
  await verifyEncryptionKey({ deployment, node, encryption, operator });
  return encryption.publicKey;
}

async function readStatus(endpoint: string): Promise<unknown> {
  try {
    const response = await fetch(`${endpoint.replace(/\/+$/, "")}/v1/status`, {
      signal: AbortSignal.timeout(timeoutMs),
    });
    return await response.json();
  } catch (cause) {
    throw new MillraceError({
      code: "node-unreachable",
      shortMessage: `The node at ${endpoint} does not answer.`,
      nextStep: "Try again later; its provider can see why in the daemon's log.",
      retryable: true,
      cause,
    });
  }
}
