import type { Hex, LocalAccount } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type { Api } from "../api/createApi.ts";
import type { Chain } from "../chain/chain.ts";
import { setTimeout as delay } from "../delay.ts";
import { MillraceError } from "../errors/MillraceError.ts";
import { attempt, type Attempt, type CallAnswer } from "./attempt.ts";
import type { CallPermission } from "./callPermission.ts";
import type { SignedCall } from "./callProof.ts";
import { callUrl } from "./callUrl.ts";
import { callHeaders } from "./headers.ts";
import { signHeaders } from "./signHeaders.ts";
import { createWorkerBook, type CallTarget, type WorkerBook } from "./workerBook.ts";

export interface CreateCallerParameters {
  chain: Chain;
  /** asked first for a deal's workers; everything works without it */
  api?: Api | undefined;
  /** proves who calls where a deal is not open; default the chain's account */
  account?: LocalAccount | undefined;
  /** the same as a key */
  privateKey?: Hex | undefined;
  /** sent with every call to its deal; an owner without one issues it to itself */
  permission?: CallPermission | undefined;
  /** how long a deal's workers are remembered, in milliseconds; default 30,000 */
  freshMs?: number | undefined;
}

export interface CallOptions {
  /** what follows `/call`, with its query; default none */
  path?: string | undefined;
  /** default POST with a body, else GET */
  method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | undefined;
  headers?: Record<string, string> | undefined;
  body?: Uint8Array | string | undefined;
  /** all tries together, in milliseconds; default 30,000 */
  timeoutMs?: number | undefined;
  /** how long to go on asking while no worker is ready, in milliseconds; default 3,000 */
  patienceMs?: number | undefined;
  /** the call may run twice without harm, so it is sent again if the connection broke; default for GET and HEAD */
  idempotent?: boolean | undefined;
  permission?: CallPermission | undefined;
  /** the most fuel the function may use, in units; default, and at most, what its manifest says (limits.fuel) */
  fuelLimit?: bigint | undefined;
  signal?: AbortSignal | undefined;
}

export interface Caller {
  /**
   * Calls a deal's function on one of its workers, and on the next one if that is gone or does not serve it. A call
   * that may have run is not sent again unless it is idempotent. What a function or a node answered is returned, also
   * if it is an error (then `error` has its words).
   * @throws MillraceError `no-workers`, `no-worker-answered`, `call-interrupted` (it may have run), `call-timeout`,
   * `deals-unknown`, `rpc-unreachable`; what `signal` was aborted with
   */
  call(deal: bigint, options?: CallOptions): Promise<CallAnswer>;
}

const defaultTimeoutMs = 30_000;
const defaultPatienceMs = 3000;
const pauseMs = 250;

/** A client that calls functions under deals. It needs the chain and the workers, not the backend. */
export function createCaller(parameters: CreateCallerParameters): Caller {
  const { chain, api, privateKey, freshMs = 30_000 } = parameters;
  const account =
    parameters.account ?? (privateKey === undefined ? chain.account : privateKeyToAccount(privateKey));
  const book = createWorkerBook({ chain, api, freshMs });
  return {
    async call(deal, options = {}) {
      const { timeoutMs = defaultTimeoutMs } = options;
      const timeout = AbortSignal.timeout(timeoutMs);
      const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
      const call = createCall(deal, options, signal);
      const permission = options.permission ?? parameters.permission;
      try {
        call.sign = (request) => signHeaders({ chain, account, permission, call: request });
        const answer = await callUntilAnswered(book, call);
        if (answer.error?.code !== "permission-missing" || account === undefined) return answer;
        // Only the owner (or its issuer) can help itself; the node refuses the permission of anybody else.
        call.sign = (request) => signHeaders({ chain, account, permission: "self", call: request });
        return await callUntilAnswered(book, call);
      } catch (error) {
        options.signal?.throwIfAborted();
        throw timeout.aborted ? timedOut(deal, timeoutMs, error) : error;
      }
    },
  };
}

interface Call {
  deal: bigint;
  method: string;
  path: string;
  init: RequestInit;
  body: Uint8Array;
  /** headers that prove who calls, made for each try anew: a node takes a signature once */
  sign: (request: SignedCall) => Promise<Record<string, string>>;
  idempotent: boolean;
  patienceMs: number;
  signal: AbortSignal;
}

function createCall(deal: bigint, options: CallOptions, signal: AbortSignal): Call {
  const { path = "", body: given, patienceMs = defaultPatienceMs, fuelLimit } = options;
  const method = options.method ?? (given === undefined ? "GET" : "POST");
  const body = typeof given === "string" ? new TextEncoder().encode(given) : (given ?? new Uint8Array());
  return {
    deal,
    method,
    path,
    init: {
      method,
      headers: {
        ...options.headers,
        ...(fuelLimit === undefined ? {} : { [callHeaders.fuelLimit]: fuelLimit.toString() }),
      },
      ...(given === undefined ? {} : { body: new Uint8Array(body) }),
    },
    body,
    sign: () => Promise.resolve({}),
    idempotent: options.idempotent ?? (method === "GET" || method === "HEAD"),
    patienceMs,
    signal,
  };
}

/** Rounds over the workers until one answers; between rounds the workers are read from the chain anew. */
async function callUntilAnswered(book: WorkerBook, call: Call): Promise<CallAnswer> {
  const patientUntil = Date.now() + call.patienceMs;
  let targets = await book.targets(call.deal, call.signal);
  const failures = new Map<number, Exclude<Attempt, { kind: "answered" }>>();
  for (;;) {
    for (const target of targets) {
      const outcome = await callOne(target, call);
      book.note(target.node, outcome.kind === "answered" ? outcome.answer.durationMs : undefined);
      if (outcome.kind === "answered") return outcome.answer;
      if (outcome.kind === "interrupted" && !call.idempotent) throw interrupted(target, outcome);
      failures.set(target.node, outcome);
    }
    const lastTried = new Set(targets.map(({ node }) => node));
    targets = await book.refresh(call.deal);
    const isNew = targets.some(({ node }) => !lastTried.has(node));
    if (!isNew && Date.now() >= patientUntil) throw noAnswer(call.deal, targets, failures);
    if (!isNew) await delay(pauseMs, call.signal);
  }
}

async function callOne({ node, endpoint }: CallTarget, call: Call): Promise<Attempt> {
  const { deal, method, body } = call;
  const { url, target } = callUrl(endpoint, deal, call.path);
  const proof = await call.sign({ deal, method, target, body });
  const headers = { ...(call.init.headers as Record<string, string>), ...proof };
  return attempt({ node, url, init: { ...call.init, headers, signal: call.signal } });
}

function noAnswer(
  deal: bigint,
  targets: readonly CallTarget[],
  failures: ReadonlyMap<number, Exclude<Attempt, { kind: "answered" }>>,
): MillraceError {
  const nextStep = `See its workers: millrace deal show ${deal.toString()}`;
  if (targets.length === 0 && failures.size === 0) {
    return new MillraceError({
      code: "no-workers",
      shortMessage: `Deal ${deal.toString()} has no worker now.`,
      nextStep,
      retryable: true,
    });
  }
  const reasons = [...failures].map(([node, { reason }]) => `Node ${node}: ${reason}`);
  const last = [...failures.values()].at(-1);
  return new MillraceError({
    code: "no-worker-answered",
    shortMessage: `None of the workers of deal ${deal.toString()} answered.`,
    details: reasons.join(" "),
    nextStep,
    retryable: true,
    requestId: last?.kind === "refused" ? last.requestId : undefined,
  });
}

function interrupted({ node, endpoint }: CallTarget, { reason, cause }: Attempt & { kind: "interrupted" }) {
  return new MillraceError({
    code: "call-interrupted",
    shortMessage: `The connection to node ${node} broke before its answer; the function may have run.`,
    details: `${endpoint}: ${reason}.`,
    nextStep: "Call again if that does no harm; with idempotent: true the client does so by itself.",
    retryable: true,
    cause,
  });
}

function timedOut(deal: bigint, timeoutMs: number, cause: unknown): MillraceError {
  return new MillraceError({
    code: "call-timeout",
    shortMessage: `Deal ${deal.toString()} did not answer within ${timeoutMs / 1000} s; the function may have run.`,
    nextStep: "Give it more time (timeoutMs) or less work.",
    retryable: true,
    cause,
  });
}
