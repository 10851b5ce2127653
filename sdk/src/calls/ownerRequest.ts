import Value from "typebox/value";
import type { Static, TSchema } from "typebox";
import { errorBodySchema } from "../api/schemas/service.ts";
import type { Chain } from "../chain/chain.ts";
import { requireAccount } from "../chain/requireAccount.ts";
import { MillraceError } from "../errors/MillraceError.ts";
import { encodeCallProof, signCall } from "./callProof.ts";
import { callHeaders } from "./headers.ts";

const timeoutMs = 10_000;

export interface OwnerRequestParameters<T extends TSchema> {
  /** signs with its account, which must be the deal's owner */
  chain: Chain;
  deal: bigint;
  /** base URL of the node */
  endpoint: string;
  method: "GET" | "PUT";
  /** what follows `/v1/deals/<id>/`, with the query; it begins with a letter, so that it is never a call's target */
  target: string;
  body?: Uint8Array | undefined;
  /** shape of the answer */
  answer: T;
  signal?: AbortSignal | undefined;
}

/**
 * Sends a node a request that only the deal's owner may make, signed as calls are.
 * @throws MillraceError `node-unreachable`, `node-unexpected-answer`, `no-account`, or what the node answers
 */
export async function ownerRequest<T extends TSchema>(
  parameters: OwnerRequestParameters<T>,
): Promise<Static<T>> {
  const { chain, deal, endpoint, method, target, body = new Uint8Array(), answer } = parameters;
  const proof = await signCall({
    deployment: chain.deployment,
    account: requireAccount(chain),
    timestamp: Math.floor(Date.now() / 1000),
    ...{ deal, method, target, body },
  });
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = parameters.signal === undefined ? timeout : AbortSignal.any([parameters.signal, timeout]);
  const url = `${endpoint.replace(/\/+$/, "")}/v1/deals/${deal.toString()}/${target}`;
  const headers = { [callHeaders.caller]: encodeCallProof(proof) };
  const init =
    method === "GET"
      ? { method, headers, signal }
      : {
          ...{ method, signal, body: new Uint8Array(body) },
          headers: { ...headers, "content-type": "application/octet-stream" },
        };
  const response = await send(url, init, parameters.signal);
  if (response.ok && Value.Check(answer, response.value)) return response.value;
  throw errorOf(endpoint, response);
}

async function send(
  url: string,
  init: RequestInit,
  callersSignal: AbortSignal | undefined,
): Promise<{ ok: boolean; status: number; value: unknown }> {
  try {
    const response = await fetch(url, { ...init, redirect: "error" });
    const text = await response.text();
    return { ok: response.ok, status: response.status, value: parseJson(text) };
  } catch (cause) {
    callersSignal?.throwIfAborted();
    throw new MillraceError({
      code: "node-unreachable",
      shortMessage: `The node at ${new URL(url).origin} does not answer.`,
      details: describe(cause),
      nextStep: "Try again later; its provider can see why in the daemon's log.",
      retryable: true,
      cause,
    });
  }
}

function errorOf(endpoint: string, { status, value }: { status: number; value: unknown }): MillraceError {
  const known = Value.Check(errorBodySchema, value) ? value.error : undefined;
  return new MillraceError({
    code: known?.code ?? "node-unexpected-answer",
    shortMessage: known?.message ?? `The node at ${endpoint} gave an answer that is none (status ${status}).`,
    nextStep: known?.nextStep ?? "Its provider runs another version, or another program answers there.",
    requestId: known?.requestId,
    retryable: status === 429 || status >= 500,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** fetch hides the reason in its cause. */
function describe(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === "TimeoutError") return `No answer within ${timeoutMs / 1000} s.`;
  return error.cause instanceof Error && error.cause.message !== "" ? error.cause.message : error.message;
}
