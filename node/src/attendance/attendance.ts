import { type Chain, decodeRevert, type MillraceError } from "@millrace/sdk";
import pRetry from "p-retry";
import type { Logger } from "pino";
import { describeShortage, type GasState, neededWei, readGasState } from "./gasTank.ts";
import { attendDelayMs, attendSpanMs } from "./jitter.ts";
import { handToRelay } from "./handToRelay.ts";
import { hasAttended, type Presence, recordPresence } from "./recordPresence.ts";
import { recordTogether } from "./recordTogether.ts";
import type { AttendanceRelay } from "./relay.ts";
import type { TransactionCap } from "./transactionCap.ts";

/** Tries per epoch at most; a wallet is never drained by a transaction that keeps failing. */
const mostTries = 3;
const lowEpochsLeft = 24;

/** What a new block tells. */
interface AttendanceTick {
  /** epoch of the block */
  epoch: number;
  /** how much of that epoch was over at the block, in milliseconds */
  sinceEpochStartMs: number;
  /** true if blocks were replaced, so that what was recorded may be gone */
  reorged: boolean;
}

interface AttendanceState {
  /** newest epoch in which the node's presence is recorded */
  attendedEpoch: number | undefined;
  /** why the present epoch is not attended yet */
  problem: string | undefined;
  gas: GasState | undefined;
  /** epochs attended and missed since the process started */
  counts: { attended: number; missed: number };
}

/** Records the node's presence once an epoch. */
export interface Attendance {
  /** Attends if it is time to; returns at once. */
  tick(tick: AttendanceTick): void;
  state(): AttendanceState;
}

export interface AttendanceParameters {
  /** to read with */
  chain: Chain;
  nodeId: number;
  /** address of the operator key that signs now */
  operator: () => `0x${string}`;
  /** connection that signs with the key in force in an epoch */
  signer: (epoch: number) => Promise<Chain>;
  cap: TransactionCap;
  /** with it the node waits a moment for what others hand to it, and brings all in one transaction */
  relay: AttendanceRelay | undefined;
  /** base URL of the node that brings this one's attendance; it sends a transaction itself after half of the epoch */
  relayUrl: string | undefined;
  log: Logger;
}

/** Makes the attendance of a node. */
export function createAttendance(parameters: AttendanceParameters): Attendance {
  const { chain, nodeId, operator, signer, cap, relay, relayUrl, log } = parameters;
  const { epochDuration } = chain.deployment;
  const delayMs = attendDelayMs(nodeId, epochDuration);
  const collectMs = attendSpanMs(epochDuration);
  const counts = { attended: 0, missed: 0 };
  const state: AttendanceState = { attendedEpoch: undefined, problem: undefined, gas: undefined, counts };
  let firstEpoch: number | undefined;
  let epoch = -1;
  let triedEpoch: number | undefined;
  let shortOfWei: bigint | undefined;
  let running: Promise<void> | undefined;
  let handed: { epoch: number; ok: boolean; atMs: number } | undefined;
  let collectedAtMs = 0;

  function enterEpoch(next: number): void {
    firstEpoch ??= next;
    if (epoch > firstEpoch && (state.attendedEpoch ?? -1) < epoch && next > epoch) {
      counts.missed += 1;
      log.warn({ epoch, reason: state.problem ?? "no block of the epoch was seen in time" }, "epoch missed");
    }
    epoch = next;
  }

  async function noteSuccess(
    target: number,
    { epoch: attended, transaction, costWei }: Presence,
  ): Promise<void> {
    if (attended > target && target !== firstEpoch) {
      log.warn({ epoch: target, reason: "the transaction was mined too late" }, "epoch missed");
    }
    if (state.attendedEpoch !== attended) counts.attended += 1;
    state.attendedEpoch = attended;
    state.problem = undefined;
    if (transaction === undefined) return;
    state.gas = await readGasState(chain, operator(), costWei).catch(() => state.gas);
    const gas = { balanceWei: state.gas?.balanceWei.toString(), epochsLeft: state.gas?.epochsLeft };
    log.info({ epoch: attended, transaction, ...gas }, "attended");
    if ((gas.epochsLeft ?? Infinity) < lowEpochsLeft) {
      log.warn(
        { operator: operator(), ...gas },
        "gas money runs low; send some of the chain's coin to the operator",
      );
    }
  }

  async function noteFailure(error: MillraceError, target: number): Promise<void> {
    state.problem = error.message;
    // Nothing was sent: the next block is the next chance.
    if (error.code === "rpc-unreachable") triedEpoch = undefined;
    if (error.code === "gas-money-short") {
      state.gas = await readGasState(chain, operator(), state.gas?.costWei);
      shortOfWei = await neededWei(chain);
      state.problem = describeShortage(operator(), state.gas.balanceWei, shortOfWei);
    }
    log.error(
      { epoch: target, code: error.code, reason: state.problem, nextStep: error.nextStep },
      "attendance failed",
    );
  }

  async function attend(target: number): Promise<void> {
    triedEpoch = target;
    try {
      const record = async () => {
        const signing = await signer(target);
        const isAlone = relay === undefined || relay.waiting(target).length === 0;
        return isAlone
          ? recordPresence(signing, { nodeId, epoch: target, cap })
          : recordTogether(signing, { nodeId, epoch: target, relay, cap, log });
      };
      const presence = await pRetry(record, {
        retries: mostTries - 1,
        minTimeout: 500,
        shouldRetry: ({ error }) => epoch === target && decodeRevert(error).retryable,
      });
      await noteSuccess(target, presence);
    } catch (error) {
      await noteFailure(decodeRevert(error), target);
    }
  }

  /** From when on the node sends a transaction, in milliseconds after the epoch's start. */
  function dueMs(target: number): number {
    if (relayUrl !== undefined) return (epochDuration * 1000) / 2;
    if (relay === undefined) return delayMs;
    return relay.isComplete(target) ? 0 : collectMs;
  }

  /** Hands over what was signed, again if that failed, until the relay has brought it. */
  async function attendByRelay(target: number, url: string, sinceEpochStartMs: number): Promise<void> {
    try {
      const signing = await signer(target);
      if (await hasAttended(signing, nodeId, target)) {
        log.info({ epoch: target, relay: url }, "attended by the relay");
        await noteSuccess(target, { epoch: target, transaction: undefined, costWei: undefined });
        return;
      }
      if (handed?.epoch === target && (handed.ok || sinceEpochStartMs - handed.atMs < collectMs)) return;
      const isFirst = handed?.epoch !== target;
      handed = { epoch: target, ok: false, atMs: sinceEpochStartMs };
      await handToRelay(signing, { relayUrl: url, nodeId, epoch: target }).catch((error: unknown) => {
        if (isFirst)
          log.warn({ epoch: target, reason: decodeRevert(error).message }, "the relay does not help");
        throw error;
      });
      handed.ok = true;
    } catch (error) {
      state.problem = decodeRevert(error).message;
    }
  }

  /** Brings what came after this node's own transaction. */
  async function attendForLate(target: number, late: AttendanceRelay): Promise<void> {
    await recordTogether(await signer(target), { nodeId, epoch: target, relay: late, cap, log });
  }

  /** While gas money is short only the balance is read; nothing is sent before it suffices. */
  async function attendWhenPaid(target: number): Promise<void> {
    const { balanceWei } = await readGasState(chain, operator(), undefined);
    if (shortOfWei !== undefined && balanceWei < shortOfWei) {
      state.problem = describeShortage(operator(), balanceWei, shortOfWei);
      return;
    }
    shortOfWei = undefined;
    await attend(target);
  }

  function start(work: Promise<void>): void {
    running = work
      .catch((error: unknown) => {
        log.error({ reason: decodeRevert(error).message }, "attendance failed");
      })
      .finally(() => {
        running = undefined;
      });
  }

  return {
    tick: (tick) => {
      if (tick.reorged) {
        state.attendedEpoch = undefined;
        triedEpoch = undefined;
      }
      if (tick.epoch !== epoch) enterEpoch(tick.epoch);
      const { sinceEpochStartMs } = tick;
      if (running !== undefined) return;
      if (state.attendedEpoch === epoch) {
        if (relay === undefined || relay.waiting(epoch).length === 0) return;
        if (sinceEpochStartMs - collectedAtMs < collectMs) return;
        collectedAtMs = sinceEpochStartMs;
        start(attendForLate(epoch, relay));
        return;
      }
      if (sinceEpochStartMs < dueMs(epoch)) {
        if (relayUrl !== undefined) start(attendByRelay(epoch, relayUrl, sinceEpochStartMs));
        return;
      }
      collectedAtMs = sinceEpochStartMs;
      if (shortOfWei !== undefined) start(attendWhenPaid(epoch));
      else if (triedEpoch !== epoch) start(attend(epoch));
    },
    state: () => ({ ...state, counts: { ...counts } }),
  };
}
