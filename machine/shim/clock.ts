import { FAULT, INVAL, SUCCESS } from "./errno";
import { acceptedAt } from "./input";
import { isOutside } from "./memory";
import { fuel } from "./millrace";

const MONOTONIC: u32 = 1;
const THREAD_CPU_TIME: u32 = 3;
const RESOLUTION_NS: u64 = 1_000_000;

let hasLooked: bool = false;
/** The fuel that was left when the program first looked at a clock. */
let firstFuel: u64 = 0;
/** Nanoseconds for the fuel used since: never fewer than before, although fuel that was paid ahead is given back. */
let usedNs: u64 = 0;
let sleptNs: u64 = 0;

/** Whether there is a clock of this number. */
export function isClock(id: u32): bool {
  return id <= THREAD_CPU_TIME;
}

/**
 * Nanoseconds of a clock: the time of the call, one nanosecond for each unit of fuel used since the program first
 * looked at a clock, and what was slept. Those that count processor time show the fuel only.
 */
export function now(id: u32): u64 {
  const left = fuel();
  if (!hasLooked) {
    hasLooked = true;
    firstFuel = left;
  }
  if (left < firstFuel) usedNs = max(usedNs, firstFuel - left);
  return id <= MONOTONIC ? acceptedAt() + usedNs + sleptNs : usedNs;
}

/** Moves the clocks on. */
export function sleep(durationNs: u64): void {
  sleptNs += durationNs;
}

export function clock_res_get(id: u32, address: u32): i32 {
  if (!isClock(id)) return INVAL;
  if (isOutside(address, 8)) return FAULT;
  store<u64>(address, RESOLUTION_NS);
  return SUCCESS;
}

export function clock_time_get(id: u32, _precision: u64, address: u32): i32 {
  if (!isClock(id)) return INVAL;
  if (isOutside(address, 8)) return FAULT;
  store<u64>(address, now(id));
  return SUCCESS;
}
