import { type Chain, decodeRevert, type MillraceError } from "@millrace/sdk";
import pRetry from "p-retry";
import type { Logger } from "pino";
import { describeShortage, type GasState, neededWei, readGasState } from "./gasTank.ts";
import { attendDelayMs } from "./jitter.ts";
import { type Presence, recordPresence } from "./recordPresence.ts";
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
  log: Logger;
}

/** Makes the attendance of a node. */
export function createAttendance(parameters: AttendanceParameters): Attendance {
  const { chain, nodeId, operator, signer, cap, log } = parameters;
  const delayMs = attendDelayMs(nodeId, chain.deployment.epochDuration);
  const counts = { attended: 0, missed: 0 };
  const state: AttendanceState = { attendedEpoch: undefined, problem: undefined, gas: undefined, counts };
  let firstEpoch: number | undefined;
  let epoch = -1;
  let triedEpoch: number | undefined;
  let shortOfWei: bigint | undefined;
  let running: Promise<void> | undefined;

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
      const record = async () => recordPresence(await signer(target), { nodeId, epoch: target, cap });
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

  /** While gas money is short only the balance is read; nothing is sent before it suffices. */
  async function attendWhenPaid(target: number): Promise<void> {
    const { balanceWei } = await readGasState(chain, operator(), undefined);
    if (shortOfWei !== undefined && balanceWei < shortOfWei) return;
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
      if (running !== undefined || tick.sinceEpochStartMs < delayMs || state.attendedEpoch === epoch) return;
      if (shortOfWei !== undefined) start(attendWhenPaid(epoch));
      else if (triedEpoch !== epoch) start(attend(epoch));
    },
    state: () => ({ ...state, counts: { ...counts } }),
  };
}
