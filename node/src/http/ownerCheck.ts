import {
  callClockToleranceSeconds,
  callHeaders,
  decodeCallProof,
  type Deployment,
  MillraceError,
  permissionError,
  verifyCall,
} from "@millrace/sdk";
import type { FastifyRequest } from "fastify";
import { LRUCache } from "lru-cache";
import type { Assignment } from "../chain/assignments.ts";
import { HttpError } from "./errors.ts";

const mostKnownNonces = 100_000;

/** Lets only a deal's owner through. */
export interface OwnerCheck {
  /**
   * Checks that the deal's owner signed this very request.
   *
   * @throws MillraceError with a code of `permissionStatuses`; HttpError 403 `owner-mismatch`
   */
  admit(
    assignment: Pick<Assignment, "deal" | "owner">,
    request: FastifyRequest,
    body: Uint8Array,
  ): Promise<void>;
}

/** Makes the check. A proof is taken once. @param nowSeconds unix seconds */
export function createOwnerCheck(
  deployment: Deployment,
  nowSeconds: () => number = () => Math.floor(Date.now() / 1000),
): OwnerCheck {
  const usedNonces = new LRUCache<string, true>({
    max: mostKnownNonces,
    ttl: 2 * callClockToleranceSeconds * 1000,
  });
  return {
    admit: async ({ deal, owner }, { method, headers, raw }, body) => {
      const header = headers[callHeaders.caller];
      const proof = decodeCallProof(typeof header === "string" ? header : undefined);
      // A call's target is empty or begins with a slash or a question mark; this one begins with a letter.
      const target = (raw.url ?? "").replace(/^\/v1\/deals\/[^/]*\//, "");
      await verifyCall({
        ...{ deployment, proof, caller: owner, deal, method, target, body },
        now: nowSeconds(),
      }).catch((error: unknown) => {
        throw isMismatch(error) ? notOwner(deal, owner) : error;
      });
      if (usedNonces.has(proof.nonce))
        throw permissionError("caller-replayed", "This signed request was already answered by this node.");
      usedNonces.set(proof.nonce, true);
    },
  };
}

function isMismatch(error: unknown): boolean {
  return error instanceof MillraceError && error.code === "caller-mismatch";
}

function notOwner(deal: bigint, owner: string): HttpError {
  return new HttpError({
    status: 403,
    code: "owner-mismatch",
    message: `The request was not signed by ${owner}, the owner of deal ${deal.toString()}.`,
    nextStep: "Choose the owner's wallet with --wallet.",
  });
}
