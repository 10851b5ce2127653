import { setTimeout as delay } from "node:timers/promises";
import type { MillraceError } from "@millrace/sdk";
import { startAttempt, type Attempt, type NodeAnswer, type Outcome } from "./attempt.ts";
import type { CallBody } from "./callBody.ts";
import type { DealBook } from "./dealBook.ts";
import { callTimeout, interrupted, noWorkerAnswered, noWorkers, requestInvalid } from "./errors.ts";
import type { Hedging } from "./hedging.ts";
import type { Metrics } from "./metrics.ts";
import { restAfterFailure, type NodeBook } from "./nodeBook.ts";
import type { NodeLink } from "./nodeLink.ts";

/** A call as it goes to a node. */
export interface ForwardedCall {
  deal: bigint;
  method: string;
  target: string;
  headers: string[];
  body: CallBody;
  /** it may run twice without harm */
  idempotent: boolean;
  /** it carries a signature, which a node takes once */
  signed: boolean;
  signal: AbortSignal;
}

/** A node's answer and how it was come by. */
export interface Forwarded {
  answer: NodeAnswer;
  node: number;
  attempts: number;
}

export interface ForwardParameters {
  deals: DealBook;
  nodes: NodeBook;
  hedging: Hedging;
  metrics: Metrics;
  /** how long to go on asking while workers restart, in milliseconds */
  patienceMs: number;
}

/** How long to go on asking while the deal has no worker or none serves it: it may just have been matched. */
const unservedPatienceMs = 3_000;
const pauseMs = 100;
/** A node that refuses a deal is not asked for it again for this long, unless nobody else is there. */
const refusedRestMs = 1_000;
/** It says so until it is gone. */
const drainingRestMs = 10_000;
/** Node-wide reasons; the others are about the deal. */
const nodeRefusals = new Set(["node-draining", "node-busy"]);
/** Asking the same node again would not help, or make things worse. */
const finalRefusals = new Set(["deal-busy", "node-busy", "module-refused"]);

/**
 * Gets a call answered by one of the deal's workers. A call that may have run is sent again only if it is idempotent.
 *
 * @throws MillraceError `no-workers`, `no-worker-answered`, `call-interrupted`, `call-timeout`, `deals-unknown`,
 * `rpc-unreachable`; what the signal was aborted with
 */
export async function forward(call: ForwardedCall, parameters: ForwardParameters): Promise<Forwarded> {
  const { deals, nodes } = parameters;
  const startedAtMs = performance.now();
  const run = createRun(call, parameters);
  let workers = await deals.workers(call.deal);
  for (;;) {
    const answered = await run.round(nodes.links(workers));
    if (answered !== undefined) return answered;
    const final = run.finalRefusal();
    if (final !== undefined) return final;
    const patienceMs = Math.min(parameters.patienceMs, run.isUnserved() ? unservedPatienceMs : Infinity);
    if (!call.body.canBeSent() || performance.now() - startedAtMs >= patienceMs) throw run.failure();
    await delay(pauseMs, undefined, { signal: call.signal });
    // The chain may be gone while the workers are not.
    workers = await deals.refresh(call.deal).catch(() => workers);
  }
}

interface Run {
  /** Tries each link that may still be tried once; undefined if none answered. */
  round: (links: readonly NodeLink[]) => Promise<Forwarded | undefined>;
  failure: () => MillraceError;
  /** A node's own words, if every node that was tried refused for a reason that stays. */
  finalRefusal: () => Forwarded | undefined;
  /** True if no node was in trouble: the deal has no workers, or they say that they do not serve it. */
  isUnserved: () => boolean;
}

interface Refusal {
  code: string;
  reason: string;
}

function createRun(call: ForwardedCall, { nodes, hedging, metrics }: ForwardParameters): Run {
  let attempts = 0;
  const refusals = new Map<number, Refusal>();
  /** Never asked again for this call. */
  const spent = new Set<number>();
  let final: Forwarded | undefined;

  function start(link: NodeLink): Attempt {
    attempts += 1;
    link.usedAtMs = performance.now();
    const { deal, method, target, headers, body } = call;
    const path = `${link.basePath}/v1/deals/${deal.toString()}/call${target}`;
    return startAttempt({ link, method, path, headers, body: body.open() });
  }

  /** Takes note of an outcome; returns the answer, if it is one. */
  function note({ link, startedAtMs }: Attempt, outcome: Outcome): Forwarded | undefined {
    const { node } = link;
    const durationMs = performance.now() - startedAtMs;
    const record = link.record(call.deal);
    metrics.attempts.inc({ outcome: outcome.kind });
    if (outcome.kind === "cancelled") {
      // It took at least this long.
      record.latency.observe(
        Math.max(durationMs, record.latency.estimate(performance.now())),
        performance.now(),
      );
      return undefined;
    }
    if (outcome.kind === "answered") {
      record.latency.observe(durationMs, performance.now());
      hedging.observe(durationMs);
      link.failures = 0;
      metrics.nodeSeconds.observe(durationMs / 1_000);
      return { answer: outcome, node, attempts };
    }
    const code = outcome.kind === "refused" ? outcome.code : outcome.kind;
    refusals.set(node, { code, reason: outcome.reason });
    if (outcome.kind === "refused") {
      if (outcome.code === "unsendable") throw requestInvalid(outcome.reason);
      noteRefusal(link, outcome.code);
      if (!finalRefusals.has(code)) return undefined;
      spent.add(node);
      if (outcome.answer !== undefined) final = { answer: outcome.answer, node, attempts };
      return undefined;
    }
    restAfterFailure(link);
    if (!call.idempotent) throw outcome.timedOut ? callTimeout(node) : interrupted(node, outcome.reason);
    if (call.signed) spent.add(node);
    return undefined;
  }

  function noteRefusal(link: NodeLink, code: string): void {
    if (code === "unreachable") restAfterFailure(link);
    else if (code === "node-draining") link.restUntilMs = performance.now() + drainingRestMs;
    else if (nodeRefusals.has(code)) link.restUntilMs = performance.now() + refusedRestMs;
    else link.record(call.deal).restUntilMs = performance.now() + refusedRestMs;
  }

  /** One try, and after a while a second one elsewhere if the call allows it. */
  async function tryOne(first: NodeLink, other: () => NodeLink | undefined): Promise<Forwarded | undefined> {
    // Nobody waits for the answer any more, and the function would run for nothing.
    call.signal.throwIfAborted();
    const running = new Set([start(first)]);
    let hedge: Attempt | undefined;
    const stop = (): void => running.forEach((attempt) => attempt.cancel());
    call.signal.addEventListener("abort", stop, { once: true });
    let timer = call.idempotent ? createTimer(hedging.delayMs()) : undefined;
    try {
      while (running.size > 0) {
        const settled = await firstOf(running, timer?.fired);
        call.signal.throwIfAborted();
        if (settled === undefined) {
          timer = undefined;
          const second = hedging.take() ? other() : undefined;
          if (second === undefined) continue;
          hedge = start(second);
          running.add(hedge);
          continue;
        }
        running.delete(settled.attempt);
        const forwarded = note(settled.attempt, settled.outcome);
        if (forwarded === undefined) continue;
        if (hedge !== undefined) metrics.hedges.inc({ won: settled.attempt === hedge ? "yes" : "no" });
        return forwarded;
      }
      return undefined;
    } finally {
      timer?.clear();
      call.signal.removeEventListener("abort", stop);
      for (const attempt of running) {
        attempt.cancel();
        note(attempt, { kind: "cancelled" });
      }
    }
  }

  return {
    async round(links) {
      const untried = new Set(links.filter(({ node }) => !spent.has(node)));
      const next = (): NodeLink | undefined => {
        if (!call.body.canBeSent()) return undefined;
        const link = nodes.choose([...untried], call.deal);
        if (link !== undefined) untried.delete(link);
        return link;
      };
      for (let link = next(); link !== undefined; link = next()) {
        const forwarded = await tryOne(link, next);
        if (forwarded !== undefined) return forwarded;
      }
      return undefined;
    },
    failure: () =>
      refusals.size === 0
        ? noWorkers(call.deal)
        : noWorkerAnswered(
            call.deal,
            [...refusals].map(([node, { reason }]) => `Node ${node}: ${reason}`),
          ),
    finalRefusal: () => (everyCode((code) => finalRefusals.has(code)) ? final : undefined),
    isUnserved: () => everyCode((code) => code === "deal-not-served"),
  };

  function everyCode(holds: (code: string) => boolean): boolean {
    return [...refusals.values()].every(({ code }) => holds(code));
  }
}

/** The first of the attempts that has an outcome; undefined if the timer fires before. */
function firstOf(
  running: ReadonlySet<Attempt>,
  timer: Promise<undefined> | undefined,
): Promise<{ attempt: Attempt; outcome: Outcome } | undefined> {
  const settled = [...running].map(async (attempt) => ({ attempt, outcome: await attempt.outcome }));
  return Promise.race(timer === undefined ? settled : [...settled, timer]);
}

function createTimer(delayMs: number): { fired: Promise<undefined>; clear: () => void } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), delayMs);
  return { fired: promise, clear: () => clearTimeout(timer) };
}
