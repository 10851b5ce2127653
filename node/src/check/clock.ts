import { callClockToleranceSeconds } from "@millrace/sdk";
import { type Finding, fine } from "./finding.ts";

/** A chain's newest block may be this much older than now. */
const oldestBlockSeconds = 120;
/** A block's time may be this far ahead: producers stamp a block with the time at which it is due. */
const newestBlockSeconds = 15;
const backendTimeoutMs = 3_000;

/**
 * Compares this machine's clock with the chain's newest block.
 *
 * @param blockSeconds its timestamp, unix seconds
 * @param nowSeconds this machine's time
 */
export function compareWithChain(blockSeconds: number, nowSeconds: number): Finding {
  const check = "clock-chain";
  const behind = Math.round(blockSeconds - nowSeconds);
  if (behind > newestBlockSeconds)
    return {
      check,
      level: "warning",
      text: `The chain's newest block is ${behind} s in this machine's future.`,
      nextStep:
        "Set the clock (for example timedatectl set-ntp true); a devnet whose time was moved may stay so.",
    };
  if (-behind > oldestBlockSeconds)
    return {
      check,
      level: "warning",
      text: `The chain's newest block is ${-behind} s old.`,
      nextStep: "Check this machine's clock, and whether the RPC endpoint keeps up with its chain.",
    };
  return fine(check, "The clock agrees with the chain.");
}

/**
 * Compares this machine's clock with a backend's.
 *
 * @returns undefined if the backend does not answer or does not tell the time
 */
export async function compareWithBackend(backend: string): Promise<Finding | undefined> {
  const asked = Date.now();
  const response = await fetch(`${backend.replace(/\/+$/, "")}/v1/health`, {
    signal: AbortSignal.timeout(backendTimeoutMs),
  }).catch(() => undefined);
  await response?.body?.cancel();
  const theirs = Date.parse(response?.headers.get("date") ?? "");
  return Number.isNaN(theirs) ? undefined : judgeDrift((asked + Date.now()) / 2 - theirs - 500, backend);
}

/**
 * Judges how far two clocks are apart.
 *
 * @param aheadMs how far this machine's is ahead
 */
export function judgeDrift(aheadMs: number, backend: string): Finding {
  const check = "clock-backend";
  const apart = Math.abs(aheadMs) / 1000;
  if (apart < callClockToleranceSeconds / 4) return fine(check, `The clock agrees with ${backend}.`);
  const far = apart >= callClockToleranceSeconds;
  const effect = far ? "signed calls would be refused" : "signed calls are refused beyond";
  return {
    check,
    level: far ? "error" : "warning",
    text: `This machine's clock is ${apart.toFixed(0)} s ${aheadMs > 0 ? "ahead of" : "behind"} ${backend}; ${effect}${far ? "" : ` ${callClockToleranceSeconds} s`}.`,
    nextStep: "Set the clock, for example: timedatectl set-ntp true",
  };
}
