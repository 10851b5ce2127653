import { ERRNO, WasiError } from "./errno.ts";

const REALTIME = 0;
const MONOTONIC = 1;
const THREAD_CPU_TIME = 3;
const RESOLUTION_NS = 1_000_000n;
const U64 = 64;

/**
 * The clock a program sees. It stands still at the time the call was accepted, and a sleep moves it on
 * without waiting: time is an input of the call, not a look at the host's clock.
 */
export interface GuestClock {
  /** Nanoseconds of clock `id`; those that count processor time stand at 0. */
  now(id: number): bigint;
  resolution(id: number): bigint;
  sleep(durationNs: bigint): void;
}

/** Makes the clock of one call. */
export function createGuestClock(acceptedAtMs: number): GuestClock {
  let nowNs = BigInt(Math.trunc(acceptedAtMs)) * 1_000_000n;
  const checkClock = (id: number): void => {
    if (id >>> 0 > THREAD_CPU_TIME) throw new WasiError(ERRNO.inval);
  };
  return {
    now(id) {
      checkClock(id);
      return id === REALTIME || id === MONOTONIC ? nowNs : 0n;
    },
    resolution(id) {
      checkClock(id);
      return RESOLUTION_NS;
    },
    sleep(durationNs) {
      nowNs = BigInt.asUintN(U64, nowNs + durationNs);
    },
  };
}
