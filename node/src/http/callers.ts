import {
  callClockToleranceSeconds,
  callHeaders,
  decodeCallProof,
  decodePermission,
  type Deployment,
  permissionError,
  verifyCall,
  verifyCallPermission,
} from "@millrace/sdk";
import type { IncomingHttpHeaders } from "node:http";
import { LRUCache } from "lru-cache";
import { RateLimiterMemory } from "rate-limiter-flexible";
import type { Assignment } from "../chain/assignments.ts";
import { HttpError } from "./errors.ts";

const windowSeconds = 60;
const mostKnownPermissions = 10_000;
const mostKnownNonces = 500_000;
const noIssuer = "0x0000000000000000000000000000000000000000";

type Permission = ReturnType<typeof decodePermission>;

/** Decides who may call deals that are not open to all. */
export interface CallerCheck {
  /**
   * Checks the permission a request carries, before its body is read.
   *
   * @returns what to check once the body is there; undefined for an open deal
   * @throws MillraceError with a code of `permissionStatuses`
   */
  admit(
    assignment: Assignment,
    request: { method: string; target: string; headers: IncomingHttpHeaders },
  ): Promise<((body: Uint8Array) => Promise<void>) | undefined>;
}

/**
 * Makes the check. The rate is counted per caller and deal, after both signatures, so that nobody else can use it up.
 *
 * @param nowSeconds unix seconds
 */
export function createCallerCheck(
  deployment: Deployment,
  nowSeconds: () => number = () => Math.floor(Date.now() / 1000),
): CallerCheck {
  const limiter = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: windowSeconds });
  const verified = new LRUCache<string, Permission>({ max: mostKnownPermissions });
  // A proof is taken this long before and after its time, so its nonce is remembered for both.
  const usedNonces = new LRUCache<string, true>({
    max: mostKnownNonces,
    ttl: 2 * callClockToleranceSeconds * 1000,
  });

  async function checkPermission(
    { deal, owner, terms }: Assignment,
    header: string | undefined,
  ): Promise<Permission> {
    const permission = decodePermission(header);
    const issuers = [owner, terms.permissionIssuer].filter((issuer) => issuer !== noIssuer);
    const now = nowSeconds();
    const key = `${deal.toString()} ${issuers.join()} ${JSON.stringify(permission)}`;
    if (!verified.has(key) || permission.expiresAt <= now) {
      await verifyCallPermission({ deployment, permission, deal, issuers, now });
      verified.set(key, permission);
    }
    return permission;
  }

  return {
    admit: async (assignment, { method, target, headers }) => {
      if (assignment.terms.openToAll) return undefined;
      const { deal } = assignment;
      const { caller, callsPerMinute } = await checkPermission(
        assignment,
        single(headers[callHeaders.permission]),
      );
      const proof = decodeCallProof(single(headers[callHeaders.caller]));
      return async (body) => {
        await verifyCall({ deployment, proof, caller, deal, method, target, body, now: nowSeconds() });
        const nonce = `${caller.toLowerCase()} ${proof.nonce}`;
        if (usedNonces.has(nonce)) {
          throw permissionError("caller-replayed", "This signed call was already answered by this node.");
        }
        usedNonces.set(nonce, true);
        const { consumedPoints, msBeforeNext } = await limiter.consume(
          `${deal.toString()} ${caller.toLowerCase()}`,
        );
        if (consumedPoints > callsPerMinute) throw tooMany(callsPerMinute, Math.ceil(msBeforeNext / 1000));
      };
    },
  };
}

function single(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header : header?.[0];
}

function tooMany(callsPerMinute: number, retryAfterSeconds: number): HttpError {
  return new HttpError({
    status: 429,
    code: "caller-rate",
    message: `The permission allows ${callsPerMinute} calls a minute on this node.`,
    nextStep: `Try again in ${retryAfterSeconds} s, or ask the deal's owner for a higher rate.`,
    retryAfterSeconds: Math.max(1, retryAfterSeconds),
  });
}
