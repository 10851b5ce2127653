/** Calls at a steady rate while something happens to the network. */
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Caller } from "@millrace/sdk";

export interface LoadAnswer {
  sent: string;
  status: number;
  text: string;
  /** what the call threw, in words */
  failure: string | undefined;
}

/**
 * Sends `perSecond` calls a second, each with a body of its own, while `work` runs; returns every answer. Calls are not
 * marked idempotent: the caller never sends one twice that may have run.
 */
export async function callUnderLoad(
  { caller, deal, perSecond }: { caller: Caller; deal: bigint; perSecond: number },
  work: () => Promise<unknown>,
): Promise<LoadAnswer[]> {
  const calls: Promise<LoadAnswer>[] = [];
  const during = { isOver: false };
  const done = work().finally(() => {
    during.isOver = true;
  });
  const startedAt = performance.now();
  while (!during.isOver) {
    // What the machine was too busy to send in time is sent now: the rate holds on average.
    const due = Math.ceil(((performance.now() - startedAt) / 1000) * perSecond);
    while (calls.length < due) calls.push(callOnce(caller, deal));
    await delay(1000 / perSecond);
  }
  await done;
  return Promise.all(calls);
}

async function callOnce(caller: Caller, deal: bigint): Promise<LoadAnswer> {
  const sent = randomBytes(12).toString("hex");
  try {
    const { status, body } = await caller.call(deal, { path: "/load", body: sent });
    return { sent, status, text: new TextDecoder().decode(body), failure: undefined };
  } catch (error) {
    return { sent, status: 0, text: "", failure: error instanceof Error ? error.message : String(error) };
  }
}

/** The answers that are not 200 with what was sent, in words; empty if no call failed. */
export function failures(answers: readonly LoadAnswer[]): string[] {
  return answers
    .filter(({ sent, status, text }) => status !== 200 || !text.includes(sent))
    .map(({ sent, status, text, failure }) => `${sent}: ${status} ${failure ?? text.slice(0, 200)}`);
}
